/** Losses on distances and neighbourhoods. */
import type { LossCase } from "./loss-case.ts";

export const surfaceCases: readonly LossCase[] = [];
