/** Every case of every rule, by its title. */
import type { RuleCase } from "../rule-case.ts";
import { convCases } from "./conv.ts";
import { convTransposeCases } from "./conv-transpose.ts";
import { depthToSpaceCases } from "./depth-to-space.ts";
import { einsumCases } from "./einsum.ts";
import { elementwiseCases } from "./elementwise.ts";
import { gatherCases } from "./gather.ts";
import { matmulCases } from "./matmul.ts";
import { padCases } from "./pad.ts";
import { poolingCases } from "./pooling.ts";
import { resizeCases } from "./resize.ts";
import { severalNodesCases } from "./several-nodes.ts";
import { shapeCases } from "./shape.ts";
import { sliceCases } from "./slice.ts";
import { splitCases } from "./split.ts";
import { triangleCases } from "./triangle.ts";

export const ruleCases: Readonly<Record<string, RuleCase>> = {
  ...convCases,
  ...convTransposeCases,
  ...depthToSpaceCases,
  ...einsumCases,
  ...elementwiseCases,
  ...gatherCases,
  ...matmulCases,
  ...padCases,
  ...poolingCases,
  ...resizeCases,
  ...severalNodesCases,
  ...shapeCases,
  ...sliceCases,
  ...splitCases,
  ...triangleCases,
};
