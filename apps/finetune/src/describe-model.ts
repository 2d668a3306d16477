/** What `inspect` found, as text. */
import { isPixelgradError, type PixelgradError } from "@pixelgrad/core";
import {
  type CandidateCut,
  type CandidateFeature,
  headNames,
  type Inspection,
  type OnnxModel,
  type ValueDescription,
} from "@pixelgrad/onnx";
import { cutTable } from "./cut-table.ts";
import { describeTail, resizeHint } from "./describe-tail.ts";
import { featureTable } from "./feature-table.ts";

export interface ModelFacts {
  readonly opset: number;
  readonly nodes: number;
  readonly input: Pick<Inspection["input"], "name" | "dims" | "layout">;
  readonly outputs: readonly ValueDescription[];
  /** Null when none was looked for, or the size of the image is not known. */
  readonly features: readonly CandidateFeature[] | null;
  readonly names: readonly string[] | null;
  /** Of a segmentation model alone. */
  readonly classifier?: { readonly parameters: number };
  readonly cuts?: readonly CandidateCut[] | null;
}

type Row = readonly [name: string, value: string];

/** @param found - the segmentation output, or why there is none. */
export function describeModel(
  model: OnnxModel,
  facts: ModelFacts,
  found: Inspection | PixelgradError,
): string {
  const { input, names, cuts, features } = facts;
  const isSegmentation = !isPixelgradError(found);
  const rows: Row[] = [
    ["graph", `${facts.nodes} nodes, operator set ${facts.opset}`],
    ["input", `${input.name} [${input.dims.join(", ")}] ${input.layout}`],
    ...(isSegmentation ? segmentationRows(facts, found) : otherRows(model, facts, found)),
  ];
  if (names !== null) rows.push(["names", names.join(", ")]);
  if (isSegmentation && cuts === null) rows.push(["cuts", "give --size to see them"]);
  if (!isSegmentation && features === null) rows.push(["features", "give --size to see them"]);
  return [
    rows.map(([name, value]) => `${name.padEnd(10)}  ${value}\n`).join(""),
    ...(cuts ? [cutTable(cuts)] : []),
    ...(features ? [featureTable(features)] : []),
  ].join("\n");
}

function segmentationRows({ classifier: made }: ModelFacts, inspection: Inspection): Row[] {
  const { output, classifier, channels, logits } = inspection;
  const { op, weight, weightDims } = classifier;
  const hint = resizeHint(inspection);
  return [
    ["output", `${output.name} [${output.dims.join(", ")}] ${output.kind}, ${output.layout}`],
    ["classifier", `${op} ${weight} [${weightDims.join(", ")}], ${made?.parameters} parameters`],
    ["channels", String(channels)],
    ["loss at", logits],
    ["tail", describeTail(inspection).join(" → ") || "none"],
    ...(hint === undefined ? [] : [["hint", hint] as const]),
  ];
}

function otherRows({ graph }: OnnxModel, { outputs }: ModelFacts, refusal: PixelgradError): Row[] {
  const isRefused = refusal.code !== "NO_SEGMENTATION_OUTPUT";
  const mayHide = graph.node.some(({ opType }) => opType === "If");
  return [
    ...outputs.map(({ name, dims, type }) => ["output", `${name} [${dims.join(", ")}] ${type}`] as const),
    ...(isRefused ? [["classifier", refusal.message] as const] : []),
    ...(mayHide ? [["hint", "an If may hide a segmentation output: try simplify --size"] as const] : []),
    [
      "hint",
      `${isRefused ? "" : "no segmentation output: "}train --head <${headNames.join("|")}> --features <names> puts a new head on tensors of the model`,
    ],
  ];
}
