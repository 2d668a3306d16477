/** The scales a Resize or Upsample is given. @module */

import { floatsAttribute, intsAttribute } from "./attributes.ts";
import { atAxis } from "./axis.ts";
import type { NodeProto } from "./onnx_pb.ts";

/**
 * The scale of each of `rank` axes; undefined when the node is given sizes.
 * @param numbers - what a value holds, where that is known.
 */
export function resizeScales(
  node: NodeProto,
  rank: number,
  numbers: (value: string | undefined) => readonly number[] | undefined,
): readonly number[] | undefined {
  const attribute = floatsAttribute(node, "scales");
  if (attribute !== undefined) return attribute;
  const given = numbers(
    node.opType === "Upsample" || node.input.length === 2 ? node.input[1] : node.input[2],
  );
  if (given === undefined || given.length === 0) return undefined;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const axes = intsAttribute(node, "axes", all).map((axis) => atAxis(axis, rank));
  return all.map((axis) => given[axes.indexOf(axis)] ?? 1);
}
