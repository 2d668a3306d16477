/** Matrix products. */
import { PixelgradError } from "@pixelgrad/core";
import { floatAttribute, intAttribute } from "../graph/attributes.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";
import { sumToShape } from "./broadcast.ts";
import type { Rule } from "./rule.ts";

/** Y = A B over the last two axes: dA = dY Bᵀ, dB = Aᵀ dY, each summed over the axes it was broadcast along. */
export const matmul: Rule = (context) => {
  const { node, outputGrad, needs, shape, saved, emit } = context;
  const [a, b] = node.input as [string, string];
  if (shape(a).length < 2 || shape(b).length < 2) throw vectors(node);
  const swapped = (value: string): string => {
    const rank = shape(value).length;
    const perm = Array.from({ length: rank }, (_, axis) => axis);
    perm.push(...perm.splice(rank - 2, 2).reverse());
    return emit("Transpose", [saved(value)], { perm });
  };
  const [rows, inner, columns] = [shape(a).at(-2), shape(a).at(-1), shape(b).at(-1)] as number[];
  const batch = shape(node.output[0] as string).slice(0, -2);
  const gradA = () => emit("MatMul", [outputGrad, swapped(b)]);
  const gradB = () => emit("MatMul", [swapped(a), outputGrad]);
  return [
    needs(0) ? sumToShape(context, gradA(), [...batch, rows, inner] as number[], shape(a)) : undefined,
    needs(1) ? sumToShape(context, gradB(), [...batch, inner, columns] as number[], shape(b)) : undefined,
  ];
};

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

function vectors({ opType, name, output }: NodeProto): PixelgradError {
  const label = name || (output[0] as string);
  return new PixelgradError(
    "GRADIENT_UNSUPPORTED",
    `${opType} '${label}' has no gradient rule: only products of matrices have one, not those with a vector.`,
    { op: opType, node: label },
  );
}
