/** Losses as their users hold them: options checked once, terms resolved per number of classes. @module */

import { fieldsOf, type LossDefinition, termsOf, withPreset } from "./definition.ts";
import { openCall, runInline, withGrad } from "./inline.ts";
import type { Coupling, Loss, LossExtra, LossGradient, LossSpec, LossValue } from "./loss.ts";
import { checkOptions } from "./options.ts";
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
  const plan = (classes: number): LossPlan => new LossPlan(classes, termsFor(classes));
  const evaluate = (logits: Tensor, target: Tensor, extra?: LossExtra): LossValue =>
    runInline(openCall(plan, logits, target, false, extra));
  const valueAndGrad = (logits: Tensor, target: Tensor, extra?: LossExtra): LossGradient => {
    const call = openCall(plan, logits, target, true, extra);
    return withGrad(runInline(call), call);
  };
  return {
    id,
    options,
    coupling,
    plan,
    evaluate,
    valueAndGrad,
    value: (logits, target, extra) => evaluate(logits, target, extra).value,
  };
}
