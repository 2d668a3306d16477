/** Every loss of this package, in the order the documentation lists them. A new loss is one line here. */

import type { LossDefinition } from "./definition.ts";
import { binaryCrossEntropyDefinition } from "./losses/binary-cross-entropy.ts";
import { boundaryDefinition } from "./losses/boundary.ts";
import { clDiceDefinition } from "./losses/cl-dice.ts";
import { crossEntropyDefinition } from "./losses/cross-entropy.ts";
import { diceDefinition } from "./losses/dice.ts";
import { diceClDiceDefinition } from "./losses/dice-cl-dice.ts";
import { focalDefinition } from "./losses/focal.ts";
import { hausdorffDtDefinition } from "./losses/hausdorff-dt.ts";
import { hausdorffErosionDefinition } from "./losses/hausdorff-erosion.ts";

export const catalogue: readonly LossDefinition[] = [
  binaryCrossEntropyDefinition,
  crossEntropyDefinition,
  focalDefinition,
  diceDefinition,
  boundaryDefinition,
  hausdorffDtDefinition,
  hausdorffErosionDefinition,
  clDiceDefinition,
  diceClDiceDefinition,
];
