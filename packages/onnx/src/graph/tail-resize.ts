/** How a resize behind the classifier places its pixels. @module */
import { stringAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";
import { type AxisMatrix, type ResizeMatrices, resizeMatricesAt } from "./resize-matrices.ts";
import { resizeScales } from "./resize-scales.ts";
import { readNumbers } from "./tensor-proto.ts";
import { elementsOf } from "./tensor-size.ts";
import type { Wiring } from "./wiring.ts";

export interface TailResize {
  readonly op: "Resize" | "Upsample" | "MatMul";
  /** One node, or the two MatMuls that stand for one. */
  readonly nodes: readonly NodeProto[];
  /** `linear`, `nearest` or `cubic`; undefined for matrices that are not linear interpolation. */
  readonly mode: string | undefined;
  /** As the format calls them, with hyphens: `half-pixel`, `align-corners`, `asymmetric`, ... */
  readonly coordinates: string | undefined;
  /** Of height and width, where the file states them. */
  readonly scales: readonly [number, number] | undefined;
}

/** Since this operator set a Resize says its coordinates; before, and in Upsample, they are asymmetric. */
const SAYS_COORDINATES = 11;

/** A scale per axis: a hostile file may have many nodes read one long list. */
const MOST_SCALES = 64;

/** How far a weight may be from that of linear interpolation, which float32 coordinates move a little. */
const WEIGHT_TOLERANCE = 1e-4;

/** The resizes among the nodes of a tail, in order. */
export function tailResizes(tail: readonly NodeProto[], wiring: Wiring, opset: number): TailResize[] {
  return tail.flatMap((node) => {
    const { opType } = node;
    if (opType === "Resize" || opType === "Upsample") return [ofOperator(node, opType, wiring, opset)];
    const matrices = resizeMatricesAt(wiring, node);
    return matrices === undefined ? [] : [ofMatrices(matrices)];
  });
}

function ofOperator(node: NodeProto, op: "Resize" | "Upsample", wiring: Wiring, opset: number): TailResize {
  // The tail holds images: samples, channels, height and width.
  const scales = resizeScales(node, 4, (value) => {
    const tensor = wiring.constant(value ?? "");
    return tensor === undefined || (elementsOf(tensor) ?? 0) > MOST_SCALES ? undefined : readNumbers(tensor);
  });
  const says = op === "Resize" && opset >= SAYS_COORDINATES;
  const coordinates = says
    ? stringAttribute(node, "coordinate_transformation_mode", "half_pixel").replaceAll("_", "-")
    : "asymmetric";
  return {
    op,
    nodes: [node],
    mode: stringAttribute(node, "mode", "nearest"),
    coordinates,
    scales: scales === undefined ? undefined : [scales[2] as number, scales[3] as number],
  };
}

function ofMatrices({ nodes, height, width }: ResizeMatrices): TailResize {
  const coordinates = Object.keys(sources).find((name) => isLinear(height, name) && isLinear(width, name));
  return {
    op: "MatMul",
    nodes,
    mode: coordinates === undefined ? undefined : "linear",
    coordinates,
    scales: [scaleOf(height), scaleOf(width)],
  };
}

function scaleOf({ dims }: AxisMatrix): number {
  return (dims[0] as number) / (dims[1] as number);
}

/** Where in the input a pixel of the output lies. */
const sources: Readonly<Record<string, (pixel: number, to: number, from: number) => number>> = {
  "half-pixel": (pixel, to, from) => ((pixel + 0.5) * from) / to - 0.5,
  "align-corners": (pixel, to, from) => (to === 1 ? 0 : (pixel * (from - 1)) / (to - 1)),
  asymmetric: (pixel, to, from) => (pixel * from) / to,
};

/** Whether a matrix gives each pixel the weights of its two neighbours, `1 - distance` each. */
function isLinear({ data, dims }: AxisMatrix, coordinates: string): boolean {
  const [to, from] = dims as [number, number];
  return data.every((weight, i) => {
    const source = sources[coordinates]?.(Math.floor(i / from), to, from) ?? 0;
    const inside = Math.min(Math.max(source, 0), from - 1);
    const expected = Math.max(0, 1 - Math.abs(inside - (i % from)));
    return Math.abs(weight - expected) < WEIGHT_TOLERANCE;
  });
}
