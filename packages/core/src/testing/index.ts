/** What the tests of every package share: seeded numbers and whole-array errors. */

export { type LossCase, lossCases } from "./cases/index.ts";
export { seededRandom, uniformArray } from "./random.ts";
export { relativeError } from "./relative-error.ts";
