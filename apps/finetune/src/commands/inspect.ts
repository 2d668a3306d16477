/** `pixelgrad-finetune inspect`: what a model looks like, and where it would be cut. */
import { elementCount } from "@pixelgrad/core";
import {
  type CandidateCut,
  candidateCuts,
  type Inspection,
  inspect,
  OnnxModel,
  readModelCard,
} from "@pixelgrad/onnx";
import { Command } from "commander";
import { cutTable } from "../cut-table.ts";
import { describeTail, resizeHint } from "../describe-tail.ts";
import type { Io } from "../io.ts";
import { parseSize, type Size } from "../numbers.ts";

export function inspectCommand(io: Io): Command {
  return new Command("inspect")
    .description("Show a model's input, output, classifier and cut.")
    .argument("<model>", "an .onnx file")
    .option("--size <height>x<width>", "of the image, for a model that leaves it open", parseSize)
    .option("--json", "print one JSON object")
    .action(async (path: string, options: { readonly json?: true; readonly size?: Size }) => {
      const model = await OnnxModel.load(path);
      const inspection = inspect(model);
      const { input, output, classifier, channels, logits, tail, resizes } = inspection;
      const card = readModelCard(model);
      const bias = classifier.bias === undefined ? 0 : channels;
      const size = options.size ?? imageSize(model, inspection);
      const cuts = size === undefined ? null : await candidateCuts(model, size);
      const facts = {
        model: path,
        opset: model.opset,
        nodes: model.graph.node.length,
        input: { name: input.name, dims: input.dims, type: input.type, layout: input.layout },
        output,
        channels,
        classifier: {
          op: classifier.op,
          weight: classifier.weight,
          dims: classifier.weightDims,
          bias: classifier.bias ?? null,
          parameters: elementCount(classifier.weightDims) + bias,
        },
        cut: classifier.features,
        logits,
        tail: tail.map(({ opType }) => opType),
        cuts,
        resizes: resizes.map(({ nodes: _nodes, ...resize }) => resize),
        names: card?.names ?? null,
        preprocess: card?.preprocess ?? null,
      };
      io.out(options.json ? `${JSON.stringify(facts)}\n` : describe(facts, inspection));
    });
}

interface Facts {
  readonly input: {
    readonly name: string;
    readonly dims: readonly (number | string)[];
    readonly layout: string;
  };
  readonly output: {
    readonly name: string;
    readonly dims: readonly (number | string)[];
    readonly kind: string;
    readonly layout: string;
  };
  readonly channels: number;
  readonly classifier: {
    readonly op: string;
    readonly weight: string;
    readonly dims: readonly number[];
    readonly parameters: number;
  };
  readonly logits: string;
  readonly opset: number;
  readonly nodes: number;
  readonly names: readonly string[] | null;
  readonly cuts: readonly CandidateCut[] | null;
}

/** As the model's card has it, or its input. */
function imageSize(model: OnnxModel, { input }: Inspection): Size | undefined {
  const card = readModelCard(model)?.preprocess["size"] as Size | undefined;
  const [, a, b, c] = input.dims;
  const [height, width] = card ?? (input.layout === "NCHW" ? [b, c] : [a, b]);
  return typeof height === "number" && typeof width === "number" ? [height, width] : undefined;
}

function describe(facts: Facts, inspection: Inspection): string {
  const { input, output, classifier } = facts;
  const rows: [string, string][] = [
    ["graph", `${facts.nodes} nodes, operator set ${facts.opset}`],
    ["input", `${input.name} [${input.dims.join(", ")}] ${input.layout}`],
    ["output", `${output.name} [${output.dims.join(", ")}] ${output.kind}, ${output.layout}`],
    [
      "classifier",
      `${classifier.op} ${classifier.weight} [${classifier.dims.join(", ")}], ${classifier.parameters} parameters`,
    ],
    ["channels", String(facts.channels)],
    ["loss at", facts.logits],
    ["tail", describeTail(inspection).join(" → ") || "none"],
  ];
  const hint = resizeHint(inspection);
  if (hint !== undefined) rows.push(["hint", hint]);
  if (facts.names !== null) rows.push(["names", facts.names.join(", ")]);
  if (facts.cuts === null) rows.push(["cuts", "give --size to see them"]);
  const lines = rows.map(([name, value]) => `${name.padEnd(10)}  ${value}\n`).join("");
  return facts.cuts === null ? lines : `${lines}\n${cutTable(facts.cuts)}`;
}
