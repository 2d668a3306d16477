/** Every case of every rule, by its title. */
import type { RuleCase } from "../rule-case.ts";
import { activationsCases } from "./activations.ts";
import { arithmeticCases } from "./arithmetic.ts";
import { convCases } from "./conv.ts";
import { functionsCases } from "./functions.ts";
import { matmulCases } from "./matmul.ts";
import { normalizationCases } from "./normalization.ts";
import { reductionsCases } from "./reductions.ts";
import { rescalingCases } from "./rescaling.ts";
import { resizeCases } from "./resize.ts";
import { severalNodesCases } from "./several-nodes.ts";
import { shapeCases } from "./shape.ts";
import { smoothActivationsCases } from "./smooth-activations.ts";

export const ruleCases: Readonly<Record<string, RuleCase>> = {
  ...activationsCases,
  ...arithmeticCases,
  ...convCases,
  ...functionsCases,
  ...matmulCases,
  ...normalizationCases,
  ...reductionsCases,
  ...rescalingCases,
  ...resizeCases,
  ...severalNodesCases,
  ...shapeCases,
  ...smoothActivationsCases,
};
