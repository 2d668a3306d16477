import type { RuleContext } from "./rule.ts";

/** Zeros of these dims, which take no room in the file. */
export function zeros({ emit, ints }: RuleContext, dims: readonly number[]): string {
  return emit("ConstantOfShape", [ints(dims)]);
}
