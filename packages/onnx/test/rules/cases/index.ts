/** Every case of every rule, by its title. */
import type { RuleCase } from "../rule-case.ts";
import { activationsCases } from "./activations.ts";
import { arithmeticCases } from "./arithmetic.ts";
import { convCases } from "./conv.ts";
import { convTransposeCases } from "./conv-transpose.ts";
import { depthToSpaceCases } from "./depth-to-space.ts";
import { einsumCases } from "./einsum.ts";
import { functionsCases } from "./functions.ts";
import { gatherCases } from "./gather.ts";
import { matmulCases } from "./matmul.ts";
import { normalizationCases } from "./normalization.ts";
import { padCases } from "./pad.ts";
import { poolingCases } from "./pooling.ts";
import { reductionsCases } from "./reductions.ts";
import { rescalingCases } from "./rescaling.ts";
import { resizeCases } from "./resize.ts";
import { severalNodesCases } from "./several-nodes.ts";
import { shapeCases } from "./shape.ts";
import { sliceCases } from "./slice.ts";
import { smoothActivationsCases } from "./smooth-activations.ts";
import { splitCases } from "./split.ts";
import { triangleCases } from "./triangle.ts";

/** By family: the names of the files of this folder, and of the golden files. */
export const caseFamilies: Readonly<Record<string, Readonly<Record<string, RuleCase>>>> = {
  activations: activationsCases,
  arithmetic: arithmeticCases,
  conv: convCases,
  "conv-transpose": convTransposeCases,
  "depth-to-space": depthToSpaceCases,
  einsum: einsumCases,
  functions: functionsCases,
  gather: gatherCases,
  matmul: matmulCases,
  normalization: normalizationCases,
  pad: padCases,
  pooling: poolingCases,
  reductions: reductionsCases,
  rescaling: rescalingCases,
  resize: resizeCases,
  "several-nodes": severalNodesCases,
  shape: shapeCases,
  slice: sliceCases,
  "smooth-activations": smoothActivationsCases,
  split: splitCases,
  triangle: triangleCases,
};

export const ruleCases: Readonly<Record<string, RuleCase>> = Object.assign(
  {},
  ...Object.values(caseFamilies),
);
