/** Losses as their users hold them: options checked once, terms resolved per number of classes. @module */

import { fieldsOf, type LossDefinition, termsOf, withPreset } from "./definition.ts";
import { PixelgradError } from "./errors.ts";
import { type LossCall, openCall, runInline, withGrad } from "./inline.ts";
import type { Coupling, LevelsExtra, Loss, LossExtra, LossGradient, LossSpec } from "./loss.ts";

import { checkOptions, optionInvalid } from "./options.ts";
import { LossPlan } from "./plan.ts";
import type { Tensor } from "./tensor.ts";
import type { WeightedTerm } from "./term.ts";

/** A loss of the catalogue with its options checked. */
export function defineLoss(definition: LossDefinition, given: object): Loss {
  const options = checkOptions(definition.id, fieldsOf(definition), given);
  const resolved = withPreset(definition, options);
  return lossOfTerms({ id: definition.id, options }, definition.coupling, (classes) =>
    termsOf(definition, resolved, classes),
  );
}

/** A loss that is the weighted sum of what `termsFor` resolves. */
export function lossOfTerms(
  { id, options }: LossSpec,
  coupling: Coupling,
  termsFor: (classes: number) => readonly WeightedTerm[],
): Loss {
  const plan = (classes: number): LossPlan => {
    if (Number.isInteger(classes) && classes > 0) return new LossPlan(classes, termsFor(classes));
    throw optionInvalid(id, "the number of channels", classes, "a whole number of at least 1");
  };
  const open = (wantsGrad: boolean, ...[logits, target, extra]: CallArguments): LossCall =>
    openCall(plan, oneTensor(id, logits), target, wantsGrad, extra as LossExtra | undefined);
  const valueAndGrad = (...call: CallArguments): LossGradient => {
    const opened = open(true, ...call);
    return withGrad(runInline(opened), opened);
  };
  return {
    id,
    options,
    coupling,
    plan,
    value: (...call: CallArguments) => runInline(open(false, ...call)).value,
    evaluate: (...call: CallArguments) => runInline(open(false, ...call)),
    // With a list of logits it does not return.
    valueAndGrad: valueAndGrad as Loss["valueAndGrad"],
  };
}

/** What the methods of a loss are called with. */
export type CallArguments = [
  logits: Tensor | readonly Tensor[],
  target: Tensor,
  extra?: LossExtra | LevelsExtra | undefined,
];

function oneTensor(id: string, logits: Tensor | readonly Tensor[]): Tensor {
  if (isLevels(logits)) throw listRefused(id, logits);
  return logits;
}

/** What to throw when a loss other than deep supervision gets a list of logits. */
export function listRefused(id: string, logits: readonly Tensor[]): PixelgradError {
  return new PixelgradError(
    "TYPE_MISMATCH",
    `${id} takes one tensor of logits, got a list of ${logits.length}: a list is for deep-supervision(loss=${id}).`,
    { expected: "Tensor", got: `a list of ${logits.length}` },
  );
}

/** Whether logits are those of several levels. */
export function isLevels(logits: Tensor | readonly Tensor[]): logits is readonly Tensor[] {
  return Array.isArray(logits);
}
