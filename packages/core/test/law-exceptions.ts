/** Which law does not hold for which loss or option, and why: everything else is held to every law. */

import { parseLoss } from "@pixelgrad/core";
import type { LossCase } from "@pixelgrad/core/testing";
import { effectiveOptions, partsOf } from "./derived-losses.ts";
import type { LawName } from "./laws.ts";

export interface LawException {
  readonly laws: readonly LawName[];
  /** Loss ids; any, if absent. */
  readonly losses?: readonly string[];
  /** Options the loss has in the end, of its preset or its own; any, if absent. */
  readonly options?: { readonly [name: string]: unknown };
  readonly why: string;
}

export const lawExceptions: readonly LawException[] = [
  {
    laws: ["droppedPixels", "weightsOfZero", "anyOrderOfPixels"],
    losses: ["boundary", "hausdorff-dt", "hausdorff-erosion", "cl-dice", "dice-cl-dice", "nacl"],
    why: "A pixel's part depends on its neighbours: what is ignored still lies between the others.",
  },
  {
    laws: ["droppedPixels", "maskedClass"],
    options: { divisor: "all" },
    why: "The divisor counts what is ignored.",
  },
  {
    laws: ["droppedPixels", "maskedClass"],
    options: { reduction: "none" },
    why: "The value is the plain mean of all elements, those of what is ignored too.",
  },
  { laws: ["droppedPixels"], options: { counts: "all" }, why: "The k of top-k counts what is ignored." },
  {
    laws: ["weightsOfZero"],
    losses: ["top-k", "ohem", "bootstrapped"],
    why: "Weights make no pixel more or less: one of weight 0 is among those of which the hardest stay.",
  },
  {
    laws: ["sumOfImages"],
    losses: ["balanced-binary-cross-entropy"],
    why: "The shares of positives and negatives are those of the batch.",
  },
  {
    laws: ["sumOfImages"],
    options: { posWeight: "dynamic" },
    why: "Positives and negatives are counted over the batch.",
  },
  {
    laws: ["sumOfImages"],
    losses: ["hausdorff-dt"],
    options: { transform: "log" },
    why: "The logarithm is of the whole sum.",
  },
  {
    laws: ["maskedClass"],
    losses: ["generalized-wasserstein-dice"],
    why: "Distances are divided by the largest of all classes, those left out too.",
  },
];

/** Whether a case is one of those the exception is for. */
export function isExcepted({ losses, options = {} }: LawException, lossCase: LossCase): boolean {
  return partsOf(parseLoss(lossCase.loss)).some((part) => {
    const effective = effectiveOptions(part);
    return (
      (losses === undefined || losses.includes(part.id)) &&
      Object.entries(options).every(([name, value]) => effective[name] === value)
    );
  });
}

/** Why a law does not hold for a case; undefined where it has to. */
export function exceptionTo(law: LawName, lossCase: LossCase): string | undefined {
  return lawExceptions.find((exception) => exception.laws.includes(law) && isExcepted(exception, lossCase))
    ?.why;
}
