/** Slice. */
import { elementCount } from "@pixelgrad/core";
import { intsAttribute } from "../graph/attributes.ts";
import { flip } from "./flip.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { zeros } from "./zeros.ts";

/**
 * Y[i] = X[start + i step] along each axis: dX = dY with its numbers `step` apart, turned about where the step is
 * negative, and zeros everywhere else.
 */
export const slice: Rule = (context) => {
  const { node, outputGrad, shape, emit, ints } = context;
  const dims = shape(node.input[0] as string);
  const kept = shape(node.output[0] as string);
  if (kept.includes(0)) return [zeros(context, dims)];
  const cuts = cutsOf(context, dims);
  const turned = cuts.filter(({ step }) => step < 0).map(({ axis }) => axis);
  let grad = turned.length > 0 ? flip(context, outputGrad, turned) : outputGrad;
  const [before, after] = [dims.map(() => 0), dims.map(() => 0)];
  const spaced = [...kept];
  for (const { axis, start, step } of cuts) {
    const count = kept[axis] as number;
    const apart = count === 1 ? 1 : Math.abs(step);
    if (apart > 1) grad = spacedOut(context, grad, spaced, axis, apart);
    spaced[axis] = count * apart;
    before[axis] = Math.min(start, start + (count - 1) * step);
    after[axis] = (dims[axis] as number) - (before[axis] as number) - (spaced[axis] as number);
  }
  const pads = [...before, ...after];
  return [pads.every((pad) => pad === 0) ? grad : emit("Pad", [grad, ints(pads)])];
};

/** Each number followed by `apart - 1` zeros. */
function spacedOut(
  { emit, ints }: RuleContext,
  value: string,
  dims: readonly number[],
  axis: number,
  apart: number,
): string {
  const count = dims[axis] as number;
  const rest = elementCount(dims.slice(axis + 1));
  const rows = emit("Reshape", [value, ints([-1, count, 1, rest])]);
  const padded = emit("Pad", [rows, ints([0, 0, 0, 0, 0, 0, apart - 1, 0])]);
  return emit("Reshape", [padded, ints(dims.with(axis, count * apart))]);
}

interface Cut {
  readonly axis: number;
  /** Where the first number of Y lies, from the beginning. */
  readonly start: number;
  readonly step: number;
}

/** Starts, axes and steps are attributes before operator set 10, inputs since. */
function cutsOf(context: RuleContext, dims: readonly number[]): Cut[] {
  const { node, opset } = context;
  const starts = opset < 10 ? intsAttribute(node, "starts", []) : given(context, 1);
  const axes = (opset < 10 ? intsAttribute(node, "axes", []) : given(context, 3)) ?? [];
  const steps = (opset < 10 ? undefined : given(context, 4)) ?? [];
  return (starts ?? []).map((from, i) => {
    const axis = ((axes[i] ?? i) + dims.length) % dims.length;
    const size = dims[axis] as number;
    const step = steps[i] ?? 1;
    const last = step < 0 ? size - 1 : size;
    return { axis, step, start: Math.min(Math.max(from < 0 ? from + size : from, 0), last) };
  });
}

/** Undefined where the input is left out. */
function given({ node, numbers }: RuleContext, i: number): readonly number[] | undefined {
  if (!node.input[i]) return undefined;
  const known = numbers(node.input[i]);
  if (known === undefined) throw refusal(node, "where it cuts is computed from the image");
  return known;
}
