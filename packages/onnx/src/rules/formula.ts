/**
 * Lets a rule read like its equation: each function adds one node of the gradient graph, and a number stands for a
 * constant without dims.
 *
 * @module
 */
import { elementType } from "../graph/element-types.ts";
import type { RuleContext } from "./rule.ts";

/** The name of a value of the gradient graph, or a number. */
export type Term = string | number;

export interface Formula {
  add(a: Term, b: Term): string;
  sub(a: Term, b: Term): string;
  /** The product of two or more, from the left. */
  mul(a: Term, b: Term, ...more: readonly Term[]): string;
  div(a: Term, b: Term): string;
  pow(base: Term, exponent: Term): string;
  neg(a: Term): string;
  abs(a: Term): string;
  sign(a: Term): string;
  exp(a: Term): string;
  log(a: Term): string;
  sqrt(a: Term): string;
  sin(a: Term): string;
  cos(a: Term): string;
  erf(a: Term): string;
  tanh(a: Term): string;
  sigmoid(a: Term): string;
  softplus(a: Term): string;
  min(a: Term, b: Term): string;
  max(a: Term, b: Term): string;
  greater(a: Term, b: Term): string;
  atLeast(a: Term, b: Term): string;
  less(a: Term, b: Term): string;
  atMost(a: Term, b: Term): string;
  equal(a: Term, b: Term): string;
  both(a: string, b: string): string;
  /** 1 where it holds, 0 elsewhere. */
  indicator(condition: string): string;
  /** `then` where the condition holds, `otherwise` elsewhere, whatever the other one is there. */
  choose(condition: string, then: Term, otherwise: Term): string;
  /** Sum over axes, which stay with size 1. */
  sum(a: string, axes: readonly number[]): string;
  /** Mean over axes, which stay with size 1. */
  mean(a: string, axes: readonly number[]): string;
  /** Product over axes, which stay with size 1. */
  product(a: string, axes: readonly number[]): string;
  reshape(a: string, dims: readonly number[]): string;
}

export function formula({ emit, ints, floats }: RuleContext): Formula {
  const named = (term: Term) => (typeof term === "number" ? floats([term], []) : term);
  const one = (opType: string) => (a: Term) => emit(opType, [named(a)]);
  const two = (opType: string) => (a: Term, b: Term) => emit(opType, [named(a), named(b)]);
  const over = (opType: string) => (a: string, axes: readonly number[]) =>
    // The runtime takes no axes for all axes.
    axes.length === 0 ? a : emit(opType, [a, ints(axes)], { keepdims: 1 });
  const times = two("Mul");
  return {
    add: two("Add"),
    sub: two("Sub"),
    mul: (a, b, ...more) => more.reduce<string>(times, times(a, b)),
    div: two("Div"),
    pow: two("Pow"),
    neg: one("Neg"),
    abs: one("Abs"),
    sign: one("Sign"),
    exp: one("Exp"),
    log: one("Log"),
    sqrt: one("Sqrt"),
    sin: one("Sin"),
    cos: one("Cos"),
    erf: one("Erf"),
    tanh: one("Tanh"),
    sigmoid: one("Sigmoid"),
    softplus: one("Softplus"),
    min: two("Min"),
    max: two("Max"),
    greater: two("Greater"),
    atLeast: two("GreaterOrEqual"),
    less: two("Less"),
    atMost: two("LessOrEqual"),
    equal: two("Equal"),
    both: two("And"),
    indicator: (condition) => emit("Cast", [condition], { to: elementType.float }),
    choose: (condition, then, otherwise) => emit("Where", [condition, named(then), named(otherwise)]),
    sum: over("ReduceSum"),
    mean: over("ReduceMean"),
    product: over("ReduceProd"),
    reshape: (a, dims) => emit("Reshape", [a, ints(dims)]),
  };
}
