/** What each node of the tail becomes when the number of channels changes. @module */
import { PixelgradError } from "@pixelgrad/core";
import { intAttribute, intsAttribute } from "./attributes.ts";
import { atAxis } from "./axis.ts";
import { node } from "./build.ts";
import { elementType } from "./element-types.ts";
import type { NodeProto, TensorProto } from "./onnx_pb.ts";
import { intTensor, rawTensor, withFloats } from "./tensor-proto.ts";

/** A node of the tail, where it stands. */
export interface TailPlace {
  readonly old: NodeProto;
  readonly next: NodeProto | undefined;
  /** Axes of its input and of its output, as letters. */
  readonly axes: string;
  readonly axesAfter: string;
  /** What lies between one class and the other in its input: 0 for logits, 0.5 for probabilities. */
  readonly threshold: number;
  /** Element type of its input. */
  readonly type: number;
  readonly opset: number;
}

/** Labels of more classes than this do not fit in a Cast to uint8. */
const UINT8_CLASSES = 256;

/**
 * The nodes in place of one of the tail; undefined when it stays.
 * @throws PixelgradError `CLASSIFIER_UNSUPPORTED` when it cannot follow.
 */
export function nodesInPlace(place: TailPlace, from: number, to: number): readonly NodeProto[] | undefined {
  const { old, axes, axesAfter } = place;
  const [input = ""] = old.input;
  const [output = ""] = old.output;
  switch (old.opType) {
    case "Softmax":
      return to === 1 ? [node("Sigmoid", [input], [output])] : undefined;
    case "LogSoftmax":
      if (to === 1) throw cannotFollow(old, "it has no form for one channel");
      return undefined;
    case "Sigmoid":
      // Several channels with a sigmoid each are no classes that exclude one another: they stay so.
      return from === 1 ? softmax(place, input, output) : undefined;
    case "ArgMax":
      return to === 1 ? aboveThreshold(place, input, output) : undefined;
    case "Greater":
      return from === 1 ? largest(place, input, output) : undefined;
    case "Cast":
      if (axes.includes("1") && to > UINT8_CLASSES && intAttribute(old, "to", 0) === elementType.uint8) {
        throw cannotFollow(old, `uint8 holds ${UINT8_CLASSES} classes, not ${to}`);
      }
      return undefined;
    case "Squeeze":
      if (axes.includes("C") && !axesAfter.includes("C")) throw cannotFollow(old, "it drops the one channel");
      return undefined;
    case "Reshape":
      // With one channel it was a Transpose in disguise.
      return axes === "NCHW" && axesAfter === "NHWC"
        ? [node("Transpose", [input], [output], { perm: [0, 2, 3, 1] })]
        : undefined;
    default:
      return undefined;
  }
}

/** Softmax over channels. Before operator set 13 it ran over all axes from the given one on, so channels go last. */
function softmax({ axes, opset }: TailPlace, input: string, output: string): readonly NodeProto[] {
  const axis = axes.indexOf("C");
  const last = axes.length - 1;
  if (opset >= 13 || axis === last) return [node("Softmax", [input], [output], { axis })];
  const order = Array.from(axes, (_, i) => i);
  const perm = [...order.filter((i) => i !== axis), axis];
  const back = order.map((i) => perm.indexOf(i));
  return [
    node("Transpose", [input], [`${output}:last`], { perm }),
    node("Softmax", [`${output}:last`], [`${output}:softmax`], { axis: last }),
    node("Transpose", [`${output}:softmax`], [output], { perm: back }),
  ];
}

/** `x > threshold` in the type and shape that ArgMax gave. */
function aboveThreshold(
  { old, axes, threshold, type, opset }: TailPlace,
  input: string,
  output: string,
): readonly NodeProto[] {
  const keeps = intAttribute(old, "keepdims", 1) === 1;
  const axis = atAxis(intAttribute(old, "axis", 0), axes.length);
  const labels = keeps ? output : `${output}:labels`;
  const nodes = [
    constant(
      `${output}:threshold`,
      withFloats(rawTensor("", [], type, new Uint8Array()), Float32Array.of(threshold)),
    ),
    node("Greater", [input, `${output}:threshold`], [`${output}:above`]),
    node("Cast", [`${output}:above`], [labels], { to: elementType.int64 }),
  ];
  if (keeps) return nodes;
  if (opset < 13) return [...nodes, node("Squeeze", [labels], [output], { axes: [axis] })];
  return [
    ...nodes,
    constant(`${output}:axes`, intTensor("", [axis])),
    node("Squeeze", [labels, `${output}:axes`], [output]),
  ];
}

/** ArgMax in place of `x > threshold`, where a Cast behind it makes the type the same again. */
function largest({ old, next, axes }: TailPlace, input: string, output: string): readonly NodeProto[] {
  if (next?.opType !== "Cast" || intAttribute(next, "to", 0) === elementType.bool) {
    throw cannotFollow(old, "its output is bool, which cannot hold more than two classes");
  }
  return [node("ArgMax", [input], [output], { axis: axes.indexOf("C"), keepdims: 1 })];
}

function constant(name: string, tensor: TensorProto): NodeProto {
  return node("Constant", [], [name], { value: { tensor } });
}

/** The input of a node that holds a shape with the channels in it, and the place of the channels there. */
export function shapeInput(resizing: NodeProto, axesAfter: string): readonly [number, number] | undefined {
  const channels = axesAfter.indexOf("C");
  if (resizing.opType === "Reshape") return [1, channels];
  if (resizing.opType !== "Resize") return undefined;
  const listed = intsAttribute(resizing, "axes", []);
  return [3, listed.length === 0 ? channels : listed.indexOf(channels)];
}

export function cannotFollow({ opType, name, output }: NodeProto, reason: string): PixelgradError {
  const label = name || (output[0] as string);
  return new PixelgradError(
    "CLASSIFIER_UNSUPPORTED",
    `The number of channels cannot be changed because of ${opType} '${label}': ${reason}.`,
    { op: opType, node: label },
  );
}
