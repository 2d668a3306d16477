/**
 * What a segmentation model looks like from its output: the head is found by walking up from there.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { type Classifier, classifierAt, classifierAxes } from "./classifier.ts";
import { type ImageInput, imageInput, type Layout } from "./image-input.ts";
import type { NodeProto } from "./onnx_pb.ts";
import type { OnnxModel, ValueDescription } from "./onnx-model.ts";
import { resizeMatricesAt } from "./resize-matrices.ts";
import { simplifyHint } from "./simplify-hint.ts";
import { axesAfter, tailOperators } from "./tail-axes.ts";
import { type TailResize, tailResizes } from "./tail-resize.ts";
import { Wiring } from "./wiring.ts";

export type OutputKind = "logits" | "softmax" | "sigmoid" | "argmax" | "threshold";

export interface SegmentationOutput {
  readonly name: string;
  readonly kind: OutputKind;
  /** Where the channels are; for labels, where they were. */
  readonly layout: Layout;
  /** Numbers where the file says; a symbolic dim is its name. */
  readonly dims: readonly (number | string)[];
}

export interface Inspection {
  readonly input: ImageInput;
  readonly output: SegmentationOutput;
  readonly classifier: Classifier;
  /** Channels of the classifier: classes, or 1 for a binary model. */
  readonly channels: number;
  /** Nodes between classifier and output, in order. */
  readonly tail: readonly NodeProto[];
  /** Meaning of the axes, a letter each: of the classifier's output, then of the output of each node of the tail. */
  readonly tailAxes: readonly string[];
  /** The NCHW tensor a loss attaches to: before Softmax, Sigmoid, ArgMax and a final NHWC Transpose. */
  readonly logits: string;
  /** Resizes between classifier and logits, in order. */
  readonly resizes: readonly TailResize[];
}

const outputKinds: Readonly<Record<string, OutputKind>> = {
  ArgMax: "argmax",
  Greater: "threshold",
  LogSoftmax: "softmax",
  Sigmoid: "sigmoid",
  Softmax: "softmax",
};

/** After one of these a tensor no longer holds logits with all their axes. */
const endsLogits = new Set([...Object.keys(outputKinds), "Cast", "Squeeze", "Unsqueeze"]);

/** More axes than this, before or after a node of the tail, are no image's. */
const MOST_AXES = 16;

/** Resizes written as matrices, whose numbers are read each time: a hostile file may have many share one matrix. */
const MOST_PRODUCTS = 8;

/** Outputs that are looked at: a hostile file may have many share one long tail. */
const MOST_OUTPUTS = 64;

/** A classifier and the way from it to an output. */
type Head = Omit<Inspection, "input">;

/**
 * Finds the segmentation output, the classifier and the place of the loss; of several outputs, the first that is one.
 * @throws PixelgradError `NO_SEGMENTATION_OUTPUT`; `CLASSIFIER_UNSUPPORTED` when there is one that ends in a layer this
 *   package cannot train; `MODEL_UNSUPPORTED` for other than one float32 or float16 image input.
 */
export function inspect(model: OnnxModel): Inspection {
  const wiring = Wiring.of(model.graph);
  let refusal: PixelgradError | undefined;
  for (const output of model.outputs.slice(0, MOST_OUTPUTS)) {
    const found = headAt(model, wiring, output);
    if (found === undefined) continue;
    if (!(found instanceof PixelgradError)) return { input: imageInput(model), ...found };
    refusal ??= found;
  }
  if (refusal !== undefined) throw refusal;
  const described = model.outputs.slice(0, MOST_OUTPUTS);
  const outputs = described.map(({ name, dims }) => `${name} [${dims.join(", ")}]`);
  const way = wiring.ancestors(described.map(({ name }) => name));
  const hint = way.map(simplifyHint).find((found) => found !== undefined);
  throw new PixelgradError(
    "NO_SEGMENTATION_OUTPUT",
    `${model.name} has no segmentation output: expected one with a class or a number per class at every pixel of a ` +
      `height and a width, got ${outputs.join("; ")}. Choose a model that ends in one${hint === undefined ? "" : `, or ${hint}`}.`,
    { outputs },
  );
}

/** Undefined when the output is no map of pixels; an error when it is one, of a head that is not supported. */
function headAt(
  model: OnnxModel,
  wiring: Wiring,
  output: ValueDescription,
): Head | PixelgradError | undefined {
  const { dims } = output;
  if (dims.length !== 0 && dims.length !== 3 && dims.length !== 4) return undefined;
  // From the output up, so that a long tail is walked once.
  const upwards: NodeProto[] = [];
  const seen = new Set<NodeProto>();
  let products = 0;
  let value = output.name;
  let last = wiring.producer(value);
  // A damaged file may tie its nodes into a ring.
  while (last !== undefined && !seen.has(last)) {
    const plain = tailOperators.has(last.opType);
    const step: readonly NodeProto[] | undefined = plain ? [last] : resizeMatricesAt(wiring, last)?.nodes;
    if (step === undefined) break;
    if (!plain && ++products > MOST_PRODUCTS) return mapsPixels(dims) ? lost(last) : undefined;
    seen.add(last);
    upwards.push(...step.toReversed());
    value = upwards.at(-1)?.input[0] as string;
    last = wiring.producer(value);
  }
  const tail = upwards.reverse();
  if (last === undefined) return undefined;
  let classifier: Classifier | undefined;
  try {
    classifier = classifierAt(wiring, last, value);
  } catch (error) {
    if (error instanceof PixelgradError) return error;
    throw error;
  }
  if (classifier === undefined) return mapsPixels(dims) ? noLayer(last) : undefined;
  const { channels } = classifier;
  let axes = classifierAxes(classifier, tail[0], rankOf(model, value));
  const tailAxes = [axes];
  for (const node of tail) {
    const next = axesAfter(node, axes, channels, wiring);
    if (next === undefined || next.length > MOST_AXES) return mapsPixels(dims) ? lost(node) : undefined;
    axes = next;
    tailAxes.push(axes);
  }
  const pixels = [...axes]
    .map((letter, axis) => ({ letter, axis }))
    .filter(({ letter }) => /[HWL]/.test(letter));
  if (pixels.length === 0 || pixels.every(({ axis }) => dims[axis] === 1)) return undefined;
  const logits = logitsOf(classifier, tail, tailAxes);
  if (logits === undefined) return lost(tail.find(({ opType }) => opType === "Resize") ?? classifier.node);
  const kind = [...tail].reverse().find(({ opType }) => opType in outputKinds)?.opType;
  const logitsEnd = tail.findIndex(({ output: [made] }) => made === logits) + 1;
  const channelAxes = tailAxes.filter((a) => a.includes("C")).at(-1) as string;
  return {
    output: {
      name: output.name,
      kind: kind === undefined ? "logits" : (outputKinds[kind] as OutputKind),
      layout: channelAxes.endsWith("C") ? "NHWC" : "NCHW",
      dims,
    },
    classifier,
    channels,
    tail,
    tailAxes,
    logits,
    resizes: tailResizes(tail.slice(0, logitsEnd), wiring, model.opset),
  };
}

/** The last NCHW value before the activation; undefined when what follows it still resizes, or there is none. */
function logitsOf({ output }: Classifier, tail: readonly NodeProto[], tailAxes: readonly string[]) {
  const ends = tail.findIndex(({ opType }) => endsLogits.has(opType));
  const before = ends < 0 ? tail : tail.slice(0, ends);
  const at = tailAxes.slice(0, before.length + 1).lastIndexOf("NCHW");
  const resizes = before
    .slice(Math.max(at, 0))
    .some(({ opType }) => /^(Resize|Upsample|MatMul)$/.test(opType));
  if (at < 0 || resizes) return undefined;
  return at === 0 ? output : (before[at - 1]?.output[0] as string);
}

function rankOf({ graph }: OnnxModel, value: string): number {
  const found = [...graph.valueInfo, ...graph.output].find(({ name }) => name === value)?.type?.value;
  return found?.case === "tensorType" ? (found.value.shape?.dim.length ?? 0) : 0;
}

/** Whether dims look like channels over more than one pixel, in either layout. */
function mapsPixels(dims: readonly (number | string)[]): boolean {
  const [, a, b, c] = dims;
  return dims.length === 4 && !(b === 1 && (c === 1 || a === 1));
}

function noLayer(node: NodeProto): PixelgradError {
  const expected =
    "expected a Conv, ConvTranspose, Gemm or MatMul with weights of its own at the end of the model";
  const hint = simplifyHint(node);
  return refuse(node, hint === undefined ? expected : `${expected}; ${hint}`);
}

function lost(node: NodeProto): PixelgradError {
  return refuse(node, "where the channels are cannot be followed through it to an NCHW tensor for the loss");
}

function refuse({ opType, name, output }: NodeProto, reason: string): PixelgradError {
  const node = name || (output[0] as string);
  return new PixelgradError(
    "CLASSIFIER_UNSUPPORTED",
    `The head of the model cannot be trained because of ${opType} '${node}': ${reason}.`,
    { op: opType, node },
  );
}
