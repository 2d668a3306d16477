/** Every loss of this package, in the order the documentation lists them. A new loss is one line here. */
import { binaryCrossEntropyDefinition } from "./binary-cross-entropy.ts";
import { crossEntropyDefinition } from "./cross-entropy.ts";
import type { LossDefinition } from "./definition.ts";
import { diceDefinition } from "./dice.ts";
import { focalDefinition } from "./focal.ts";

export const catalogue: readonly LossDefinition[] = [
  binaryCrossEntropyDefinition,
  crossEntropyDefinition,
  focalDefinition,
  diceDefinition,
];
