/** Cases of every loss and of its options, a file per family. */
export type { LossCase } from "./loss-case.ts";

import { commonCases } from "./common.ts";
import { focalCases } from "./focal.ts";
import type { LossCase } from "./loss-case.ts";
import { overlapCases } from "./overlap.ts";
import { pixelCases } from "./pixel.ts";
import { rankCases } from "./rank.ts";
import { surfaceCases } from "./surface.ts";

/** The cases by family: the name of a family is that of its file, here and among the gradient vectors. */
export const caseFamilies: { readonly [family: string]: readonly LossCase[] } = {
  common: commonCases,
  pixel: pixelCases,
  focal: focalCases,
  overlap: overlapCases,
  rank: rankCases,
  surface: surfaceCases,
};

export const lossCases: readonly LossCase[] = Object.values(caseFamilies).flat();
