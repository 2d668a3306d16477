import { elementCount } from "@pixelgrad/core";
import { transposed } from "../graph/resize-matrices.ts";
import type { RuleContext } from "./rule.ts";

/** The sum over i of `matrix[i, j] value[.., i, ..]` along an axis of `dims`, for a matrix `[dims[axis], to]`. */
export function alongAxis(
  { emit, ints, floats }: RuleContext,
  value: string,
  dims: readonly number[],
  axis: number,
  { matrix, to }: { readonly matrix: Float32Array; readonly to: number },
): string {
  const from = dims[axis] as number;
  if (axis === dims.length - 1) return emit("MatMul", [value, floats(matrix, [from, to])]);
  const left = floats(transposed(matrix, from, to), [to, from]);
  if (axis === dims.length - 2) return emit("MatMul", [left, value]);
  const rest = elementCount(dims.slice(axis + 1));
  const product = emit("MatMul", [left, emit("Reshape", [value, ints([-1, from, rest])])]);
  return emit("Reshape", [product, ints(dims.with(axis, to))]);
}
