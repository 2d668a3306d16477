/** Every case of every rule, by its title. */
import type { RuleCase } from "../rule-case.ts";
import { convCases } from "./conv.ts";
import { elementwiseCases } from "./elementwise.ts";
import { matmulCases } from "./matmul.ts";
import { resizeCases } from "./resize.ts";
import { severalNodesCases } from "./several-nodes.ts";
import { shapeCases } from "./shape.ts";

export const ruleCases: Readonly<Record<string, RuleCase>> = {
  ...convCases,
  ...elementwiseCases,
  ...matmulCases,
  ...resizeCases,
  ...severalNodesCases,
  ...shapeCases,
};
