/** Losses on sorted pixels. */
import type { LossCase } from "./loss-case.ts";

export const rankCases: readonly LossCase[] = [];
