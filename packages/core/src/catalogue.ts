/** Every loss of this package, in the order the documentation lists them. A new loss is one line here. */

import type { LossDefinition } from "./definition.ts";
import { asymmetricSimilarityDefinition } from "./losses/asymmetric-similarity.ts";
import { binaryCrossEntropyDefinition } from "./losses/binary-cross-entropy.ts";
import { comboDefinition } from "./losses/combo.ts";
import { crossEntropyDefinition } from "./losses/cross-entropy.ts";
import { diceDefinition } from "./losses/dice.ts";
import { exponentialLogarithmicDefinition } from "./losses/exponential-logarithmic.ts";
import { focalDefinition } from "./losses/focal.ts";
import { focalTverskyDefinition } from "./losses/focal-tversky.ts";
import { generalizedDiceDefinition } from "./losses/generalized-dice.ts";
import { generalizedWassersteinDiceDefinition } from "./losses/generalized-wasserstein-dice.ts";
import { jaccardDefinition } from "./losses/jaccard.ts";
import { logCoshDiceDefinition } from "./losses/log-cosh-dice.ts";
import { mccDefinition } from "./losses/mcc.ts";
import { penaltyGeneralizedDiceDefinition } from "./losses/penalty-generalized-dice.ts";
import { sensitivitySpecificityDefinition } from "./losses/sensitivity-specificity.ts";
import { softF1Definition } from "./losses/soft-f1.ts";
import { tverskyDefinition } from "./losses/tversky.ts";
import { unifiedFocalDefinition } from "./losses/unified-focal.ts";

export const catalogue: readonly LossDefinition[] = [
  binaryCrossEntropyDefinition,
  crossEntropyDefinition,
  focalDefinition,
  diceDefinition,
  jaccardDefinition,
  tverskyDefinition,
  focalTverskyDefinition,
  generalizedDiceDefinition,
  generalizedWassersteinDiceDefinition,
  mccDefinition,
  softF1Definition,
  logCoshDiceDefinition,
  sensitivitySpecificityDefinition,
  asymmetricSimilarityDefinition,
  penaltyGeneralizedDiceDefinition,
  comboDefinition,
  unifiedFocalDefinition,
  exponentialLogarithmicDefinition,
];
