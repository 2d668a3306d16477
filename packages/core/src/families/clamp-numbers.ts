/** The clamps of probabilities as the kernels read them. @module */
import { boundsOf, type Clamping, SLOPE_FLOOR } from "../reference/clamped-log.ts";

/** Whether the kernels have a clamp: not one whose epsilon is nothing to float32. */
export function hasClampKernel(clamping: Clamping | undefined): boolean {
  if (clamping === undefined || clamping.clamp === "log" || clamping.clamp === "none") return true;
  const [least, most] = boundsOf(clamping);
  return least >= 1e-30 && (clamping.clamp === "inside" || most < 1);
}

/** low, high, what is added under the logarithm, the most -log can be, the least divisor of a slope. */
export function clampNumbers(clamping: Clamping): readonly number[] {
  const { clamp, epsilon, logFloor } = clamping;
  const without = Number.POSITIVE_INFINITY;
  switch (clamp) {
    case "log":
      return [0, 1, 0, -logFloor, SLOPE_FLOOR];
    case "inside":
      return [0, 1, epsilon, without, 0];
    case "none":
      return [0, 1, 0, without, 0];
    case "probability":
      return [...boundsOf(clamping), 0, without, 0];
  }
}
