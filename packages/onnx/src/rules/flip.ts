import type { RuleContext } from "./rule.ts";

/** A value turned about along `axes`: what was last comes first. */
export function flip({ emit, ints }: RuleContext, value: string, axes: readonly number[]): string {
  const each = (number: number) => ints(axes.map(() => number));
  // A step back from the last one to before the first.
  return emit("Slice", [value, each(-1), each(-(2 ** 31)), ints(axes), each(-1)]);
}
