/** Cases of every loss and of its options, a file per family. */
export type { LossCase } from "./loss-case.ts";

import { focalCases } from "./focal.ts";
import type { LossCase } from "./loss-case.ts";
import { overlapCases } from "./overlap.ts";
import { pixelCases } from "./pixel.ts";
import { rankCases } from "./rank.ts";
import { surfaceCases } from "./surface.ts";

export const lossCases: readonly LossCase[] = [
  ...pixelCases,
  ...focalCases,
  ...overlapCases,
  ...rankCases,
  ...surfaceCases,
];
