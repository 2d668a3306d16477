/** Reductions over axes. In each rule Y and dY have the reduced axes with size 1. */

import { intAttribute, intsAttribute } from "../graph/attributes.ts";
import { atAxis } from "../graph/axis.ts";
import { type Formula, formula } from "./formula.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";

interface Reduction extends Formula {
  readonly axes: readonly number[];
  /** How many entries one entry of Y is made of. */
  readonly count: number;
  readonly dy: string;
  x(): string;
  y(): string;
  /** Repeats a value with the dims of dY along the axes. */
  repeat(value: string): string;
}

function reduction(gradX: (given: Reduction) => string): Rule {
  return (context) => {
    const { node, outputGrad, shape, saved, emit, ints } = context;
    const [x, y] = [node.input[0] as string, node.output[0] as string];
    const dims = shape(x);
    const axes = reducedAxes(context);
    const kept = dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const write = formula(context);
    const withAxes = (value: string) =>
      shape(y).length === kept.length ? value : write.reshape(value, kept);
    const grad = gradX({
      ...write,
      axes,
      count: axes.reduce((product, axis) => product * (dims[axis] as number), 1),
      dy: withAxes(outputGrad),
      x: () => saved(x),
      y: () => withAxes(saved(y)),
      repeat: (value) => (kept.join() === dims.join() ? value : emit("Expand", [value, ints(dims)])),
    });
    return [grad];
  };
}

/** Y = Σ X: dX = dY. */
export const reduceSum: Rule = reduction(({ dy, repeat }) => repeat(dy));

/** Y = Σ X / n: dX = dY / n. */
export const reduceMean: Rule = reduction(({ dy, count, mul, repeat }) => repeat(mul(1 / count, dy)));

/** Y = max X or min X: dX = dY where X = Y. Entries that tie share it evenly, as in `torch.amax`. */
export const reduceExtremum: Rule = reduction(({ x, y, dy, axes, mul, div, equal, indicator, sum }) => {
  const holds = indicator(equal(x(), y()));
  return mul(div(dy, sum(holds, axes)), holds);
});

/** Y = Σ |X|: dX = dY sign X; 0 where X = 0. */
export const reduceL1: Rule = reduction(({ x, dy, mul, sign }) => mul(dy, sign(x())));

/** Y = √Σ X²: dX = dY X / Y; 0 where Y = 0, as in PyTorch. */
export const reduceL2: Rule = reduction(({ x, y, dy, mul, div, greater, choose }) =>
  mul(choose(greater(y(), 0), div(dy, y()), 0), x()),
);

/** Y = Σ X²: dX = 2 dY X. */
export const reduceSumSquare: Rule = reduction(({ x, dy, mul }) => mul(2, dy, x()));

/** Y = log Σ X: dX = dY / exp Y. */
export const reduceLogSum: Rule = reduction(({ y, dy, div, exp, repeat }) => repeat(div(dy, exp(y()))));

/** Y = log Σ exp X: dX = dY exp(X - Y), where X ≤ Y. */
export const reduceLogSumExp: Rule = reduction(({ x, y, dy, mul, sub, exp }) => mul(dy, exp(sub(x(), y()))));

/** Y = Π X: dX = dY times the product of the others, which is Y / X unless an X is 0. */
export const reduceProd: Rule = reduction(
  ({ x, dy, axes, mul, div, sub, equal, indicator, choose, sum, product }) => {
    const isZero = equal(x(), 0);
    const zeros = indicator(isZero);
    const otherZeros = sub(sum(zeros, axes), zeros);
    const withoutZeros = choose(isZero, 1, x());
    const others = div(product(withoutZeros, axes), withoutZeros);
    return mul(dy, choose(equal(otherZeros, 0), others, 0));
  },
);

/** Axes from 0: all where none are given, unless the node says that none are meant. */
function reducedAxes({ node, shape, numbers }: RuleContext): number[] {
  const rank = shape(node.input[0] as string).length;
  const input = node.input[1];
  const given = input ? numbers(input) : intsAttribute(node, "axes", []);
  if (given === undefined) throw refusal(node, `its axes '${input}' are not known before it runs`);
  if (given.length > 0) return given.map((axis) => atAxis(axis, rank));
  return intAttribute(node, "noop_with_empty_axes", 0) ? [] : Array.from({ length: rank }, (_, axis) => axis);
}
