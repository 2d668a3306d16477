/** Undoes broadcasting: the gradient of a smaller operand is the sum over the axes it was repeated along. */
import type { RuleContext } from "./rule.ts";

/** `grad` has dims `from`; what comes back has dims `to`, which broadcasts to `from`. */
export function sumToShape(
  { emit, ints }: RuleContext,
  grad: string,
  from: readonly number[],
  to: readonly number[],
): string {
  const missing = from.length - to.length;
  const axes = from
    .map((_, axis) => axis)
    .filter((axis) => axis < missing || to[axis - missing] !== from[axis]);
  if (axes.length === 0) return grad;
  const summed = emit("ReduceSum", [grad, ints(axes)], { keepdims: 1 });
  return missing === 0 ? summed : emit("Reshape", [summed, ints(to)]);
}
