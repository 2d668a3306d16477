/**
 * A seeded problem for a loss: what it is given is what its case says, and all numbers print short.
 *
 * Logits lie on binary grids, where float32 differences are exact. Elsewhere x - max is off by up to 2e-6 at |x| = 28,
 * and exp makes a relative error of that, which no kernel that takes float32 can undo.
 *
 * @module
 */
import { parseLoss } from "../expression.ts";
import type { Loss, LossExtra } from "../loss.ts";
import { elementCount, type Tensor } from "../tensor.ts";
import type { LossCase } from "./cases/index.ts";
import { seededRandom } from "./random.ts";

/**
 * `mild`: |logit| below 4. `confident`: |logit| from 8 to 28. `right`: confident and never wrong. Probabilities keep
 * 1/64 away from 0 and 1 at any temper, so that a difference can be taken of them.
 */
export const tempers = ["mild", "confident", "right"] as const;
export type Temper = (typeof tempers)[number];

export interface LossProblem {
  readonly loss: Loss;
  readonly logits: Tensor<Float32Array>;
  readonly target: Tensor;
  /** The tensors the loss cannot do without. */
  readonly extra: LossExtra;
}

export interface ProblemSize {
  /** 2 by default. */
  readonly images?: number;
  /** That of the case by default. */
  readonly spatial?: readonly number[];
}

/** What the channels of a pixel are made of. */
interface Channels {
  readonly random: () => number;
  readonly classes: number;
  readonly input: NonNullable<LossCase["input"]>;
  /** Whether probabilities of a pixel add up to 1. */
  readonly competing: boolean;
  readonly temper: Temper;
}

const FINE = 2 ** 16;
const COARSE = 2 ** 13;
/** Steps of a soft target; a power of 2, so that shares add up to exactly 1. */
const SOFT_STEPS = 256;
/** One pixel in five is ignored, where the loss ignores anything. */
const IGNORED_SHARE = 0.2;

/**
 * The problem of `lossCase` that `seed` gives: every class has pixels, and where the loss ignores values, so have they.
 */
export function problemOf(
  lossCase: LossCase,
  seed: number,
  temper: Temper = "mild",
  { images = 2, spatial = lossCase.spatial }: ProblemSize = {},
): LossProblem {
  const { classes, input = "logits", needs = [] } = lossCase;
  const loss = parseLoss(lossCase.loss);
  const terms = loss.plan(classes).terms.map(({ term }) => term);
  const competing = terms[0].activation === "softmax";
  const random = seededRandom(seed);
  const pixels = elementCount(spatial);
  const count = images * pixels;
  const dims = [images, classes, ...spatial];
  const truth = truthOf(lossCase, count, random);
  const channels = { random, classes, input, competing, temper };
  const tensorOf = (rows: readonly ArrayLike<number>[]) => ({
    data: channelsFirst(rows, classes, pixels),
    dims,
  });
  const logits = tensorOf(truth.map((t) => inputOfPixel(channels, t)));
  const teacher = needs.includes("teacher") && tensorOf(truth.map((t) => inputOfPixel(channels, t)));
  const distances = needs.includes("distanceMaps") && tensorOf(truth.map(() => distancesOfPixel(channels)));
  // A value that every term ignores; of a class among them there are pixels anyway.
  const ignored = terms[0].ignored.filter(
    (value) =>
      terms.every((term) => term.ignored.includes(value)) && !(value >= 0 && value < Math.max(2, classes)),
  );
  const ignoredAt = (i: number): number | undefined =>
    ignored.length > 0 && i >= classes && random() < IGNORED_SHARE ? ignored[i % ignored.length] : undefined;
  const target =
    lossCase.target === "labels"
      ? {
          data: Int32Array.from(truth, (t, i) => ignoredAt(i) ?? labelOf(t)),
          dims: [images, ...spatial],
        }
      : tensorOf(truth.map((t, i) => ignoringTarget(t, competing, () => ignoredAt(i))));
  return {
    loss,
    logits,
    target,
    extra: { ...(teacher && { teacher }), ...(distances && { distanceMaps: distances }) },
  };
}

/** The dense target of each pixel; of labels, the one-hot one, every class in turn and then at random. */
function truthOf(
  { classes, target, hard, simplex }: LossCase,
  count: number,
  random: () => number,
): readonly number[][] {
  return Array.from({ length: count }, (_, i) => {
    const label = i < Math.max(2, classes) ? i : Math.floor(random() * Math.max(2, classes));
    const oneHot = Array.from({ length: classes }, (_, c) =>
      Number(classes === 1 ? label === 1 : label === c),
    );
    if (target === "labels" || (hard && simplex)) return oneHot;
    if (hard) return oneHot.map((t) => (i < classes ? t : Number(random() < 0.5)));
    const steps = oneHot.map(() => Math.floor(random() * SOFT_STEPS));
    return (simplex ? shares(steps) : steps).map((step) => step / SOFT_STEPS);
  });
}

/** Whole numbers in about these proportions that add up to `SOFT_STEPS`. */
function shares(parts: readonly number[]): number[] {
  const total = parts.reduce((sum, part) => sum + part + 1, 0);
  const steps = parts.map((part) => Math.floor((SOFT_STEPS * (part + 1)) / total));
  const missing = SOFT_STEPS - steps.reduce((sum, step) => sum + step, 0);
  return steps.map((step, c) => (c === 0 ? step + missing : step));
}

/** The label of a one-hot target; of one channel, whether it is 1. */
function labelOf(t: readonly number[]): number {
  return t.length === 1 ? t[0] : t.indexOf(1);
}

/** A pixel's target with what of it is ignored: all channels where they compete, else one by one. */
function ignoringTarget(
  t: readonly number[],
  competing: boolean,
  ignoredAt: () => number | undefined,
): readonly number[] {
  if (!competing) return t.map((value) => ignoredAt() ?? value);
  const ignored = ignoredAt();
  return ignored === undefined ? t : t.map(() => ignored);
}

function inputOfPixel(channels: Channels, t: readonly number[]): number[] {
  const { random, input, competing, temper } = channels;
  if (input === "logits") {
    return t.map((_, c) => {
      if (temper === "mild") return Math.round((8 * random() - 4) * COARSE) / COARSE;
      const size = 8 + Math.round(20 * random() * FINE) / FINE;
      return isPositive(channels, t, c) ? size : -size;
    });
  }
  const p = competing ? distribution(channels, t) : t.map((_, c) => separateProbability(channels, t, c));
  return p.map((v) => Math.round((input === "probabilities" ? v : Math.log(v)) * FINE) / FINE);
}

/** Whether the input speaks for channel `c`. */
function isPositive({ random, temper, competing }: Channels, t: readonly number[], c: number): boolean {
  if (temper !== "right") return random() < 0.5;
  return competing ? t[c] === Math.max(...t) : t[c] >= 0.5;
}

/** Probabilities that add up to 1, each at least 1/64 for up to 6 classes. */
function distribution({ random, temper }: Channels, t: readonly number[]): number[] {
  const parts = t.map(() => 0.2 + 0.8 * random());
  const total = parts.reduce((sum, part) => sum + part, 0);
  const top = temper === "right" ? t.indexOf(Math.max(...t)) : Math.floor(random() * t.length);
  const sure = temper === "mild" ? 0 : 0.7;
  return parts.map((part, c) => (1 - sure) * (part / total) + (c === top ? sure : 0));
}

function separateProbability(channels: Channels, t: readonly number[], c: number): number {
  const { random, temper } = channels;
  if (temper === "mild") return 0.1 + 0.8 * random();
  const rest = 1 / 64 + random() / 8;
  return isPositive(channels, t, c) ? 1 - rest : rest;
}

function distancesOfPixel({ random, classes }: Channels): number[] {
  return Array.from({ length: classes }, () => Math.round((6 * random() - 3) * SOFT_STEPS) / SOFT_STEPS);
}

/** `[N, C, P]` of the channels of each pixel, `[N P][C]`. */
function channelsFirst(rows: readonly ArrayLike<number>[], classes: number, pixels: number): Float32Array {
  const data = new Float32Array(rows.length * classes);
  for (const [i, row] of rows.entries()) {
    const image = Math.floor(i / pixels);
    for (let c = 0; c < classes; c++) data[(image * classes + c) * pixels + (i % pixels)] = row[c];
  }
  return data;
}
