/** Losses on overlap sums. */
import type { LossCase } from "./loss-case.ts";

export const overlapCases: readonly LossCase[] = [
  { loss: "dice", target: "labels", classes: 3, spatial: [3, 5] },
  { loss: "dice(accumulate=image, power=2)", target: "dense", classes: 2, spatial: [7], simplex: true },
  { loss: "dice(activation=sigmoid)", target: "dense", classes: 2, spatial: [5] },
];
