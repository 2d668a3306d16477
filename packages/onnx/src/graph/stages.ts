/**
 * Where a network changes resolution, and the last tensor before each change. Image networks are a sequence of stages of
 * one height and width each; what a stage hands on is what a head can start from.
 *
 * @module
 */
import { intAttribute } from "./attributes.ts";
import type { NodeProto } from "./onnx_pb.ts";
import { resizingProducts } from "./resize-matrices.ts";
import { valuesRead, type Wiring } from "./wiring.ts";

/** Operators that may end a block of layers. Gates and probabilities, which end in a Sigmoid or the like, are no features. */
const blockEnds = new Set([
  ...["Add", "BatchNormalization", "Clip", "Concat", "Conv", "ConvInteger", "ConvTranspose", "Elu", "Gelu"],
  ...["GroupNormalization", "HardSwish", "InstanceNormalization", "LayerNormalization", "LeakyRelu", "Mish"],
  ...["Mul", "PRelu", "QLinearConv", "Relu", "Selu", "Sum"],
]);

const layers = new Set([
  ...["Conv", "ConvInteger", "ConvTranspose", "Einsum", "Gemm", "MatMul", "MatMulInteger", "QLinearConv"],
  "QLinearMatMul",
]);

/** An inverted residual block widens its input at least that much before it changes resolution. */
const EXPANSION = 3;

/** Planes fewer than that are gates and answers. */
const LEAST_CHANNELS = 4;

/** A value `[1, C, H, W]` of more than one pixel, and the place of its node. */
interface Place {
  readonly at: number;
  readonly value: string;
  readonly node: NodeProto;
  readonly channels: number;
  readonly pixels: string;
}

/**
 * The value that each stage hands on, in graph order.
 * @param planes - dims of a value that has channels in its second axis; undefined for others.
 */
export function stageEnds(
  wiring: Wiring,
  planes: (value: string) => readonly number[] | undefined,
): string[] {
  const stages = stagesOf(wiring, planes);
  const weighted = weightedLayers(wiring);
  const [before, after] = [behindLayers(wiring, weighted), beforeLayers(wiring, weighted)];
  const ends: string[] = [];
  stages.forEach((stage, i) => {
    const next = stages[i + 1] ?? [];
    const until = next.at(-1)?.at ?? wiring.graph.node.length;
    const candidates = stage.filter(
      (place) =>
        blockEnds.has(place.node.opType) &&
        place.channels >= LEAST_CHANNELS &&
        before.has(place.value) &&
        after.has(place.value) &&
        handsOn(wiring, stage, place, until),
    );
    const last = candidates.at(-1);
    if (last === undefined) return;
    const narrow = candidates.findLast(({ channels }) => EXPANSION * channels <= last.channels);
    ends.push((isExpansion(last, next) ? (narrow ?? last) : last).value);
  });
  return ends;
}

/** Runs of nodes that make values of one height and width. */
function stagesOf(wiring: Wiring, planes: (value: string) => readonly number[] | undefined): Place[][] {
  const stages: Place[][] = [];
  wiring.graph.node.forEach((node, at) => {
    const [value = ""] = node.output;
    const [samples, channels = 0, height = 0, width = 0] = planes(value) ?? [];
    if (samples !== 1 || height * width <= 1 || wiring.isStatic(value)) return;
    const place = { at, value, node, channels, pixels: `${height}×${width}` };
    const stage = stages.at(-1);
    if (stage?.[0]?.pixels === place.pixels) stage.push(place);
    else stages.push([place]);
  });
  return stages;
}

/** Whether nothing up to the end of the next stage reads what the stage made before `place`, but by way of it. */
function handsOn(wiring: Wiring, stage: readonly Place[], place: Place, until: number): boolean {
  const earlier = new Set(stage.filter(({ at }) => at < place.at).map(({ value }) => value));
  return wiring.graph.node
    .slice(place.at + 1, until + 1)
    .every((node) => node.opType === "Shape" || !valuesRead(node).some((value) => earlier.has(value)));
}

/** Whether the next stage begins with a depthwise convolution: then its block began before the resolution changed. */
function isExpansion({ channels }: Place, next: readonly Place[]): boolean {
  const first = next.find(({ node }) => layers.has(node.opType));
  return first !== undefined && channels > 1 && intAttribute(first.node, "group", 1) === channels;
}

/** Values that depend on a layer with weights. */
function behindLayers(wiring: Wiring, weighted: ReadonlySet<NodeProto>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of wiring.graph.node) {
    if (!weighted.has(node) && !valuesRead(node).some((value) => found.has(value))) continue;
    for (const value of node.output) found.add(value);
  }
  return found;
}

/** Values that a layer with weights depends on: what the last layers make is an answer, not a feature. */
function beforeLayers(wiring: Wiring, weighted: ReadonlySet<NodeProto>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of [...wiring.graph.node].reverse()) {
    if (!weighted.has(node) && !node.output.some((value) => found.has(value))) continue;
    for (const value of valuesRead(node)) found.add(value);
  }
  return found;
}

function weightedLayers(wiring: Wiring): ReadonlySet<NodeProto> {
  const { node: nodes } = wiring.graph;
  const resizing = resizingProducts(wiring, nodes);
  const hasWeights = ({ input }: NodeProto) => input.some((value) => value !== "" && wiring.isStatic(value));
  return new Set(nodes.filter((node) => layers.has(node.opType) && !resizing.has(node) && hasWeights(node)));
}
