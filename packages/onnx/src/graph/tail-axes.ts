/**
 * What each axis means, from the classifier to the output: one letter per axis, so that a Transpose permutes letters.
 * N sample, C channels, H and W pixels, L pixels in one axis, 1 an axis of length one.
 *
 * @module
 */

import { intAttribute, intsAttribute } from "./attributes.ts";
import { atAxis } from "./axis.ts";
import type { NodeProto, TensorProto } from "./onnx_pb.ts";
import { readInts } from "./tensor-proto.ts";
import { elementsOf } from "./tensor-size.ts";
import type { Wiring } from "./wiring.ts";

/** Entries of a shape or a list of axes. */
const MOST_LISTED = 64;

/** Operators of one data input that may stand between the classifier and the output. */
export const tailOperators: ReadonlySet<string> = new Set([
  "ArgMax",
  "Cast",
  "Greater",
  "Identity",
  "LogSoftmax",
  "Reshape",
  "Resize",
  "Sigmoid",
  "Softmax",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
  "Upsample",
]);

/** Axes of a node's output for axes of its input; undefined when what they mean is lost. */
export function axesAfter(
  node: NodeProto,
  axes: string,
  channels: number,
  wiring: Wiring,
): string | undefined {
  switch (node.opType) {
    case "ArgMax": {
      const axis = atAxis(intAttribute(node, "axis", 0), axes.length);
      if (axes[axis] !== "C") return undefined;
      return without(axes, [axis], intAttribute(node, "keepdims", 1) === 1 ? "1" : "");
    }
    case "Transpose": {
      const reversed = Array.from(axes, (_, i) => axes.length - 1 - i);
      return intsAttribute(node, "perm", reversed)
        .map((axis) => axes[axis] ?? "?")
        .join("");
    }
    case "Squeeze": {
      const given = listedAxes(node, wiring) ?? [...axes].flatMap((letter, i) => (letter === "1" ? [i] : []));
      return without(
        axes,
        given.map((axis) => atAxis(axis, axes.length)),
        "",
      );
    }
    case "Unsqueeze": {
      const given = listedAxes(node, wiring);
      if (given === undefined) return undefined;
      const rank = axes.length + given.length;
      const added = new Set(given.map((axis) => atAxis(axis, rank)));
      let next = 0;
      return Array.from({ length: rank }, (_, i) => (added.has(i) ? "1" : axes[next++])).join("");
    }
    case "Reshape":
      return reshaped(node, axes, channels, wiring);
    default:
      return axes;
  }
}

/** Reshapes that split or join pixels and leave channels alone, told by rank. */
function reshaped(node: NodeProto, axes: string, channels: number, wiring: Wiring): string | undefined {
  const shape = constantShape(node, wiring);
  if (shape === undefined) return undefined;
  if (axes.endsWith("C")) return { 2: "LC", 3: "NLC", 4: "NHWC" }[shape.length];
  if (axes === "NCL" || axes === "NCHW") {
    // One channel: moving its axis moves no numbers, and some exporters write it so.
    if (shape.length === 4 && channels === 1 && shape[3] === 1 && shape[1] !== 1) return "NHWC";
    return { 3: "NCL", 4: "NCHW" }[shape.length];
  }
  return undefined;
}

function constantShape({ input, attribute }: NodeProto, wiring: Wiring): number[] | undefined {
  const name = input[1];
  const tensor = name === undefined ? undefined : wiring.constant(name);
  if (tensor !== undefined && tensor.dims.length === 1) return fewInts(tensor);
  return attribute.find((a) => a.name === "shape")?.ints.map(Number);
}

/** Undefined for more than any tensor has axes: a hostile file may have many nodes read one long list. */
function fewInts(tensor: TensorProto): number[] | undefined {
  return (elementsOf(tensor) ?? 0) > MOST_LISTED ? undefined : readInts(tensor);
}

/** The axes of a Squeeze or Unsqueeze: an attribute up to operator set 12, an input since. */
function listedAxes(node: NodeProto, wiring: Wiring): number[] | undefined {
  const tensor = node.input[1] === undefined ? undefined : wiring.constant(node.input[1]);
  if (tensor !== undefined) return fewInts(tensor);
  const axes = intsAttribute(node, "axes", []);
  return axes.length === 0 ? undefined : axes;
}

function without(axes: string, at: readonly number[], instead: string): string {
  return Array.from(axes, (letter, i) => (at.includes(i) ? instead : letter)).join("");
}
