/** Pad. */

import { intsAttribute, stringAttribute } from "../graph/attributes.ts";
import { atAxis } from "../graph/axis.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** The place of X that place `i` of the padded axis repeats, for an axis of `size`. */
const repeated: Readonly<Record<string, (i: number, size: number) => number>> = {
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  wrap: (i, size) => ((i % size) + size) % size,
  reflect: (i, size) => {
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const along = ((i % period) + period) % period;
    return Math.min(along, period - along);
  },
};

/** Y = X with a border: dX = dY without it; where the border repeats X, dX gets what it repeats added, axis by axis. */
export const pad: Rule = (context) => {
  const { node, outputGrad, needs, shape, emit, ints } = context;
  const mode = stringAttribute(node, "mode", "constant");
  if (node.input[2] && needs(2)) throw refusal(node, "the number it pads with is trained");
  const dims = shape(node.input[0] as string);
  const pads = padsOf(context, dims.length);
  if (mode === "constant") return [emit("Pad", [outputGrad, ints(pads.map(opposite))])];
  const source = repeated[mode];
  if (source === undefined) throw refusal(node, `its mode is ${mode}`);
  if (pads.some((pad) => pad < 0)) throw refusal(node, `it cuts a border off in mode ${mode}`);
  let grad = outputGrad;
  let left = [...shape(node.output[0] as string)];
  dims.forEach((size, axis) => {
    const [before, after] = [pads[axis] as number, pads[axis + dims.length] as number];
    if (before + after === 0) return;
    const places = Array.from({ length: before + size + after }, (_, i) => i - before);
    const border = places.filter((i) => i < 0 || i >= size).map((i) => source(i, size));
    const part = (start: number, end: number) =>
      emit("Slice", [grad, ints([start]), ints([end]), ints([axis])]);
    const sides = [part(0, before), part(before + size, before + size + after)];
    const along = emit("Reshape", [ints(border), ints(dims.map((_, i) => (i === axis ? border.length : 1)))]);
    const indices = emit("Expand", [along, ints(left.with(axis, border.length))]);
    left = left.with(axis, size);
    grad = emit("ScatterElements", [part(before, before + size), indices, emit("Concat", sides, { axis })], {
      axis,
      reduction: "add",
    });
  });
  return [grad];
};

/** At the beginning of every axis, then at the end; an attribute before operator set 11, an input since. */
function padsOf({ node, opset, numbers }: RuleContext, rank: number): number[] {
  const given = opset < 11 ? intsAttribute(node, "pads", []) : numbers(node.input[1]);
  const axes = node.input[3] ? numbers(node.input[3]) : Array.from({ length: rank }, (_, axis) => axis);
  if (given === undefined || axes === undefined) throw refusal(node, "its pads are computed from the image");
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    const at = atAxis(axis, rank);
    pads[at] = given[i] as number;
    pads[at + rank] = given[i + axes.length] as number;
  });
  return pads;
}

function opposite(pad: number): number {
  return pad === 0 ? 0 : -pad;
}
