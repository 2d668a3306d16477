/** Every loss of this package, in the order the documentation lists them. A new loss is one line here. */
import type { LossDefinition } from "./definition.ts";
import { asymmetricSimilarityDefinition } from "./losses/asymmetric-similarity.ts";
import { balancedBinaryCrossEntropyDefinition } from "./losses/balanced-binary-cross-entropy.ts";
import { biTemperedDefinition } from "./losses/bi-tempered.ts";
import { binaryCrossEntropyDefinition } from "./losses/binary-cross-entropy.ts";
import { bootstrappedDefinition } from "./losses/bootstrapped.ts";
import { boundaryDefinition } from "./losses/boundary.ts";
import { clDiceDefinition } from "./losses/cl-dice.ts";
import { comboDefinition } from "./losses/combo.ts";
import { crossEntropyDefinition } from "./losses/cross-entropy.ts";
import { diceDefinition } from "./losses/dice.ts";
import { diceClDiceDefinition } from "./losses/dice-cl-dice.ts";
import { exponentialLogarithmicDefinition } from "./losses/exponential-logarithmic.ts";
import { focalDefinition } from "./losses/focal.ts";
import { focalCosineDefinition } from "./losses/focal-cosine.ts";
import { focalTverskyDefinition } from "./losses/focal-tversky.ts";
import { generalizedCrossEntropyDefinition } from "./losses/generalized-cross-entropy.ts";
import { generalizedDiceDefinition } from "./losses/generalized-dice.ts";
import { generalizedWassersteinDiceDefinition } from "./losses/generalized-wasserstein-dice.ts";
import { hausdorffDtDefinition } from "./losses/hausdorff-dt.ts";
import { hausdorffErosionDefinition } from "./losses/hausdorff-erosion.ts";
import { jaccardDefinition } from "./losses/jaccard.ts";
import { jsDivergenceDefinition } from "./losses/js-divergence.ts";
import { klDivergenceDefinition } from "./losses/kl-divergence.ts";
import { logCoshDiceDefinition } from "./losses/log-cosh-dice.ts";
import { lovaszHingeDefinition } from "./losses/lovasz-hinge.ts";
import { lovaszSoftmaxDefinition } from "./losses/lovasz-softmax.ts";
import { mccDefinition } from "./losses/mcc.ts";
import { naclDefinition } from "./losses/nacl.ts";
import { nllDefinition } from "./losses/nll.ts";
import { ohemDefinition } from "./losses/ohem.ts";
import { penaltyGeneralizedDiceDefinition } from "./losses/penalty-generalized-dice.ts";
import { penaltyReducedFocalDefinition } from "./losses/penalty-reduced-focal.ts";
import { polyDefinition } from "./losses/poly.ts";
import { qualityFocalDefinition } from "./losses/quality-focal.ts";
import { sensitivitySpecificityDefinition } from "./losses/sensitivity-specificity.ts";
import { softF1Definition } from "./losses/soft-f1.ts";
import { symmetricCrossEntropyDefinition } from "./losses/symmetric-cross-entropy.ts";
import { topKDefinition } from "./losses/top-k.ts";
import { tverskyDefinition } from "./losses/tversky.ts";
import { unifiedFocalDefinition } from "./losses/unified-focal.ts";

export const catalogue: readonly LossDefinition[] = [
  binaryCrossEntropyDefinition,
  crossEntropyDefinition,
  nllDefinition,
  klDivergenceDefinition,
  jsDivergenceDefinition,
  focalDefinition,
  qualityFocalDefinition,
  penaltyReducedFocalDefinition,
  focalCosineDefinition,
  polyDefinition,
  generalizedCrossEntropyDefinition,
  symmetricCrossEntropyDefinition,
  biTemperedDefinition,
  balancedBinaryCrossEntropyDefinition,
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
  topKDefinition,
  ohemDefinition,
  bootstrappedDefinition,
  naclDefinition,
  lovaszHingeDefinition,
  lovaszSoftmaxDefinition,
  boundaryDefinition,
  hausdorffDtDefinition,
  hausdorffErosionDefinition,
  clDiceDefinition,
  diceClDiceDefinition,
];
