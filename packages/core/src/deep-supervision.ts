/** Deep supervision: a loss on each of the outputs of a network, which are of falling size. @module */
import { PixelgradError } from "./errors.ts";
import type {
  LevelGradients,
  LevelsExtra,
  Loss,
  LossExtra,
  LossGradient,
  LossLevel,
  LossValue,
} from "./loss.ts";
import { nearestTarget } from "./nearest-target.ts";
import { checkOptions, isLoss, type OptionFields, optionInvalid } from "./options.ts";
import { type Layout, layoutOf } from "./problem.ts";
import { type CallArguments, isLevels, listRefused } from "./single-loss.ts";
import { checkTensor, formatDims, type Tensor } from "./tensor.ts";
import { weightedSum } from "./weighted-sum.ts";

export const DEEP_SUPERVISION = "deep-supervision";

export interface DeepSupervisionOptions {
  /** `monai` weighs levels `exponential`, `nnunet` as `nnunet`. */
  readonly preset?: "monai" | "nnunet";
  /**
   * The weight of each level l = 0, 1, ...: `exponential` (default) max(1/2^l, 1/16), `same` 1, `two` 1 and then 1/2,
   * `nnunet` 1/2^l with 0 for the last of several, divided by their sum; or a list of as many numbers as there are levels.
   */
  readonly weights?: LevelWeights | readonly number[];
}

export type LevelWeights = "exponential" | "same" | "two" | "nnunet";

const weightOfLevel: Readonly<Record<LevelWeights, (level: number, levels: number) => number>> = {
  exponential: (level) => Math.max(0.5 ** level, 0.0625),
  same: () => 1,
  two: (level) => (level === 0 ? 1 : 0.5),
  nnunet(level, levels) {
    if (levels === 1) return 1;
    // 1 + 1/2 + ... of all levels but the last.
    return level === levels - 1 ? 0 : 0.5 ** level / (2 - 0.5 ** (levels - 2));
  },
};

const weightsOfPreset: Readonly<Record<"monai" | "nnunet", LevelWeights>> = {
  monai: "exponential",
  nnunet: "nnunet",
};

const fields: OptionFields = {
  loss: { kind: "loss", doc: "The loss of every level." },
  weights: {
    kind: "any-of",
    of: [
      { kind: "choice", values: Object.keys(weightOfLevel) },
      { kind: "numbers", min: 0, per: "level" },
    ],
    default: "exponential",
    doc: "The weight of each level.",
  },
  preset: {
    kind: "choice",
    values: Object.keys(weightsOfPreset),
    doc: "Defaults of a library; options given go before them.",
  },
};

/**
 * A loss on each output of a network, weighted: all methods take a list of logits, the largest first, `valueAndGrad`
 * gives a list of gradients. Target and pixel weights are those of the full size; each level takes of them the nearest
 * element (floor((i + 1/2) from / to), PyTorch's `nearest-exact`). Teachers, distance maps and `out` come one per level.
 * With one tensor of logits instead of a list it is the loss itself.
 *
 * Source: MONAI 1.4 DeepSupervisionLoss; nnU-Net v2 DeepSupervisionWrapper and the weights of its trainer.
 *
 * @throws PixelgradError `OPTION_INVALID`, also for a loss whose reduction is none, `OPTION_UNKNOWN`; calls throw
 *   `SHAPE_MISMATCH` where levels differ in more than their spatial size.
 */
export function deepSupervision(loss: Loss, options: DeepSupervisionOptions = {}): Loss {
  if (!isLoss(loss)) throw optionInvalid(DEEP_SUPERVISION, "loss", loss, "a loss");
  const inner = { id: loss.id, options: loss.options };
  const checked = { loss: inner, ...checkOptions(DEEP_SUPERVISION, fields, options) };
  if (loss.levels !== undefined)
    throw optionInvalid(DEEP_SUPERVISION, "loss", loss.id, "a loss of one tensor");
  if (loss.options["reduction"] === "none") {
    throw optionInvalid(DEEP_SUPERVISION, "loss", inner, "a loss whose reduction is mean or sum");
  }
  const { weights = weightsOfPreset[options.preset ?? "monai"] } = options;
  const levels: NonNullable<Loss["levels"]> = (logits, target, extra = {}) => {
    const layout = layoutOf(extra);
    const perLevel = levelWeights(weights, logits.length);
    return logits.map((output, level) => {
      checkLevel(output, level, logits[0], layout);
      return {
        loss: weightedSum([[perLevel[level], loss]]),
        logits: output,
        target: nearestTarget("The target", target, output.dims, layout),
        extra: extraOf(extra, output, level, logits.length),
      };
    });
  };
  const evaluate = (...[logits, target, extra]: CallArguments): LossValue => {
    if (!isLevels(logits)) return loss.evaluate(logits, target, extra as LossExtra);
    const calls = levels(logits, target, extra as LevelsExtra);
    return joinLevelValues(calls.map((call) => call.loss.evaluate(call.logits, call.target, call.extra)));
  };
  const valueAndGrad = (...[logits, target, extra]: CallArguments): LossGradient | LevelGradients => {
    if (!isLevels(logits)) return loss.valueAndGrad(logits, target, extra as LossExtra);
    const calls = levels(logits, target, extra as LevelsExtra);
    return joinLevelGradients(
      calls.map((call) => call.loss.valueAndGrad(call.logits, call.target, call.extra)),
    );
  };
  return {
    id: DEEP_SUPERVISION,
    options: checked,
    coupling: loss.coupling,
    plan: (classes) => loss.plan(classes),
    levels,
    evaluate,
    value: (...call: CallArguments) => evaluate(...call).value,
    // A list in, a list out.
    valueAndGrad: valueAndGrad as Loss["valueAndGrad"],
  };
}

/**
 * A call with a list of logits as one call per level.
 * @throws PixelgradError `TYPE_MISMATCH` for a loss that takes one tensor.
 */
export function levelsOf(
  loss: Loss,
  logits: readonly Tensor[],
  target: Tensor,
  extra: LevelsExtra,
): readonly LossLevel[] {
  if (loss.levels === undefined) throw listRefused(loss.id, logits);
  return loss.levels(logits, target, extra);
}

/** The result of a call from those of its levels, in their order. */
export function joinLevelValues(results: readonly LossValue[]): LossValue {
  return {
    value: results.reduce((sum, { value }) => sum + value, 0),
    counted: Math.max(...results.map(({ counted }) => counted)),
    terms: results.flatMap(({ terms }) => terms),
  };
}

/** The result of a call, and a gradient per level, from those of its levels, in their order. */
export function joinLevelGradients(results: readonly LossGradient[]): LevelGradients {
  return { ...joinLevelValues(results), grad: results.map(({ grad }) => grad) };
}

/** Levels differ in their spatial size only. */
function checkLevel(logits: Tensor, level: number, first: Tensor, layout: Layout): void {
  checkTensor(`The logits of level ${level}`, logits);
  const channels = ({ dims }: Tensor) => (layout === "channels-last" ? dims.at(-1) : dims[1]);
  const { dims } = logits;
  const same = dims.length === first.dims.length && dims[0] === first.dims[0];
  if (same && channels(logits) === channels(first)) return;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `${DEEP_SUPERVISION}: the logits of level ${level} must have the images, channels and number of dims of level 0, ` +
      `${formatDims(first.dims)}, got ${formatDims(dims)}.`,
    { expected: first.dims, got: dims },
  );
}

function levelWeights(weights: LevelWeights | readonly number[], levels: number): readonly number[] {
  if (levels === 0) {
    throw new PixelgradError(
      "TYPE_MISMATCH",
      `${DEEP_SUPERVISION} needs the logits of at least one level, got an empty list.`,
      { expected: "a list of tensors", got: "an empty list" },
    );
  }
  if (typeof weights === "string") {
    return Array.from({ length: levels }, (_, level) => weightOfLevel[weights](level, levels));
  }
  if (weights.length === levels) return weights;
  throw optionInvalid(DEEP_SUPERVISION, "weights", weights, `a list of ${levels} numbers, one per level`);
}

/** What a level has of the extras of all. */
function extraOf(
  { teacher, distanceMaps, out, pixelWeights, ...shared }: LevelsExtra,
  { dims }: Tensor,
  level: number,
  levels: number,
): LossExtra {
  const ofLevel = <T>(name: string, list: readonly T[]): T => {
    if (Array.isArray(list) && list.length === levels) return list[level];
    const got = Array.isArray(list) ? `a list of ${list.length}` : "no list";
    const expected = `a list of ${levels}, one per level`;
    throw new PixelgradError("TYPE_MISMATCH", `extra.${name} must be ${expected}, got ${got}.`, {
      expected,
      got,
    });
  };
  return {
    ...shared,
    ...(pixelWeights && {
      pixelWeights: nearestTarget("extra.pixelWeights", pixelWeights, dims, shared.layout),
    }),
    ...(teacher && { teacher: ofLevel("teacher", teacher) }),
    ...(distanceMaps && { distanceMaps: ofLevel("distanceMaps", distanceMaps) }),
    ...(out && { out: ofLevel("out", out) }),
  };
}
