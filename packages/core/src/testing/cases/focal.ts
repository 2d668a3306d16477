/** Focal losses. */
import type { LossCase } from "./loss-case.ts";

export const focalCases: readonly LossCase[] = [
  { loss: "focal", target: "dense", classes: 1, spatial: [5, 3] },
  { loss: "focal(alpha=0.25, gamma=0.5)", target: "dense", hard: true, classes: 3, spatial: [7] },
];
