/** Matrix products. */
import { floatAttribute, intAttribute } from "../graph/attributes.ts";
import { sumToShape } from "./broadcast.ts";
import type { Rule, RuleContext } from "./rule.ts";

/**
 * Y = A B over the last two axes: dA = dY Bᵀ, dB = Aᵀ dY, each summed over the axes it was broadcast along. A vector on
 * the left is one row, a vector on the right one column.
 */
export const matmul: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved, emit, ints } = context;
  const [a, b] = node.input as [string, string];
  const rowsOfA = shape(a).length === 1 ? [1, ...shape(a)] : shape(a);
  const columnsOfB = shape(b).length === 1 ? [...shape(b), 1] : shape(b);
  const [inner, rows, columns] = [rowsOfA.at(-1), rowsOfA.at(-2), columnsOfB.at(-1)] as [
    number,
    number,
    number,
  ];
  const batch = shape(node.output[0] as string).slice(0, Math.max(rowsOfA.length, columnsOfB.length) - 2);
  const as = (value: string, from: readonly number[], to: readonly number[]) =>
    from.length === to.length ? value : emit("Reshape", [value, ints(to)]);
  const dy = as(outputGrad, shape(node.output[0] as string), [...batch, rows, columns]);
  const gradA = () => {
    const product = emit("MatMul", [
      dy,
      swapped(context, as(saved(b), shape(b), columnsOfB), columnsOfB.length),
    ]);
    return as(sumToShape(context, product, [...batch, rows, inner], rowsOfA), rowsOfA, shape(a));
  };
  const gradB = () => {
    const left = as(saved(a), shape(a), rowsOfA);
    if (columnsOfB.length === 2) {
      // One matrix for the whole batch: its rows are rows of one long matrix.
      const long = (value: string, width: number) => emit("Reshape", [value, ints([-1, width])]);
      const product = emit("Gemm", [long(left, inner), long(dy, columns)], { transA: 1 });
      return as(product, columnsOfB, shape(b));
    }
    const product = emit("MatMul", [swapped(context, left, rowsOfA.length), dy]);
    return sumToShape(context, product, [...batch, inner, columns], columnsOfB);
  };
  return [needs(0) ? gradA() : undefined, needs(1) ? gradB() : undefined];
};

/** The last two axes change places. */
function swapped({ emit }: RuleContext, value: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  perm.push(...perm.splice(rank - 2, 2).reverse());
  return emit("Transpose", [value], { perm });
}

/**
 * Y = alpha op(A) op(B) + beta C. With A' = op(A), B' = op(B):
 * dA' = alpha dY B'ᵀ, dB' = alpha A'ᵀ dY, dC = beta dY summed where C was broadcast.
 */
export const gemm: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved, emit, floats } = context;
  const [a, b, c] = node.input as [string, string, string | undefined];
  const alpha = { float: floatAttribute(node, "alpha", 1) };
  const beta = floatAttribute(node, "beta", 1);
  const transA = intAttribute(node, "transA", 0);
  const transB = intAttribute(node, "transB", 0);
  const gradA = () =>
    transA
      ? emit("Gemm", [saved(b), outputGrad], { transA: transB, transB: 1, alpha })
      : emit("Gemm", [outputGrad, saved(b)], { transB: 1 - transB, alpha });
  const gradB = () =>
    transB
      ? emit("Gemm", [outputGrad, saved(a)], { transA: 1, transB: transA, alpha })
      : emit("Gemm", [saved(a), outputGrad], { transA: 1 - transA, alpha });
  const gradC = () => (beta === 1 ? outputGrad : emit("Mul", [outputGrad, floats([beta], [])]));
  return [
    needs(0) ? gradA() : undefined,
    needs(1) ? gradB() : undefined,
    c && needs(2) ? sumToShape(context, gradC(), shape(node.output[0] as string), shape(c)) : undefined,
  ];
};
