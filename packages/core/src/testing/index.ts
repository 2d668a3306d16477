/** What the tests of every package share: seeded numbers and problems, differences, and whole-array errors. */

export { caseFamilies, type LossCase, lossCases } from "./cases/index.ts";
export { centralDifferences, type Differences } from "./central-differences.ts";
export {
  type GradientVector,
  gradientVectors,
  type TensorVector,
  type VectorFile,
  vectorFileText,
} from "./gradient-vectors.ts";
export { type LossProblem, type ProblemSize, problemOf, type Temper, tempers } from "./loss-problem.ts";
export { seededRandom, uniformArray } from "./random.ts";
export { relativeError } from "./relative-error.ts";
export { type TellingOptions, type TellingProblem, tellingProblem } from "./telling-problem.ts";
