/**
 * The bias of a new classifier: what a classifier that sees nothing of an image would learn.
 *
 * From a bias of 0 a model spends its first epochs learning how rare its classes are, through weights that then mean
 * little else. Lin et al., Focal Loss for Dense Object Detection, 2017, section 3.3, start the bias at the log odds of the
 * foreground instead; here at the minimum of the loss itself, which for cross-entropy is the same, and for focal loss is
 * not.
 *
 * @module
 */
import { addSums, LossPlan, type Problem, referenceEngine, viewPiece } from "@pixelgrad/core";

/** No bias is further from 0: a class of fewer than one pixel in 8000 must stay within reach of training. */
const FURTHEST = 9;

const STEPS = 100;
/** Below this nothing is gained: each step changes the bias by less than float32 logits show in the loss. */
const SMALLEST_RATE = 1e-4;

/**
 * The constant logits at which the pixelwise terms of a loss are smallest. Overlap terms have no say: alone, Dice wants a
 * constant to be all foreground. Where there are none but those, the logarithms of the class shares (for one channel,
 * the log odds), at which cross-entropy is smallest.
 * @param labelCounts - Pixels of each label; two numbers for one channel.
 * @returns One number per channel, within [-9, 9]; zeros when nothing is labelled.
 */
export function firstBias(plan: LossPlan, labelCounts: Float64Array): Float32Array {
  const { classes } = plan;
  const total = labelCounts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return new Float32Array(classes);
  const shares = labelCounts.map((count) => count / total);
  const logs = shares.map(Math.log);
  const start = classes === 1 ? [at(logs, 1) - at(logs, 0)] : logs;
  let bias = Float32Array.from(start, within);
  const pixelwise = plan.terms.filter(({ weight, term }) => weight > 0 && term.coupling === "labels");
  if (pixelwise.length === 0) return bias;

  const lossAt = constantLoss(new LossPlan(classes, pixelwise), shares);
  let loss = lossAt(bias);
  let rate = 1;
  for (let step = 0; step < STEPS && rate > SMALLEST_RATE; step++) {
    const curvatures = curvaturesAt(bias);
    const next = bias.map((b, c) => within(b - (rate * at(loss.slopes, c)) / at(curvatures, c)));
    const nextLoss = lossAt(next);
    if (nextLoss.value < loss.value) {
      bias = next;
      loss = nextLoss;
      rate *= 2;
    } else {
      rate /= 2;
    }
  }
  return bias;
}

interface ConstantLoss {
  readonly value: number;
  /** By channel. */
  readonly slopes: Float64Array;
}

/**
 * The loss of the same logits at every pixel, when labels have these shares: the maps of the loss on one pixel of each
 * label, merged with its share as weight. In float64, whose steps do not end the search early.
 */
function constantLoss(plan: LossPlan, shares: Float64Array): (bias: Float32Array) => ConstantLoss {
  const pixel = { image: 0, begin: 0, count: 1 };
  const labels = Array.from(shares, (_, label) => label);
  const first = new Float64Array(plan.firstLength);
  for (const label of labels) {
    const view = viewPiece(plan, pixelProblem(new Float32Array(plan.classes), label), pixel);
    addSums(first, scaled(referenceEngine.first(plan, view), at(shares, label)));
  }
  const coefficients = plan.finish([first])[0]!;
  return (bias) => {
    const second = new Float64Array(plan.secondLength);
    const slopes = new Float64Array(plan.classes);
    for (const label of labels) {
      const grad = new Float32Array(plan.classes);
      const view = viewPiece(plan, pixelProblem(bias, label), pixel, { grad });
      const share = at(shares, label);
      addSums(second, scaled(referenceEngine.second(plan, view, coefficients), share));
      addSums(slopes, scaled(Float64Array.from(grad), share));
    }
    return { value: plan.result([first], [second]).value, slopes };
  };
}

function pixelProblem(logits: Float32Array, label: number): Problem {
  const classes = logits.length;
  return {
    images: 1,
    classes,
    spatial: [1],
    pixels: 1,
    layout: "channels-first",
    logits,
    target: Uint8Array.of(label),
    targetKind: classes === 1 ? "dense" : "labels",
    logitsDims: [1, classes, 1],
    targetDims: [1, 1],
  };
}

/** Of cross-entropy, up to a factor: p (1 - p) of a sigmoid, p of a softmax. */
function curvaturesAt(bias: Float32Array): Float64Array {
  const odds = Float64Array.from(bias, Math.exp);
  if (odds.length === 1) return odds.map((o) => o / (1 + o) ** 2);
  const sum = odds.reduce((total, o) => total + o, 0);
  return odds.map((o) => o / sum);
}

function scaled(values: Float64Array, factor: number): Float64Array {
  return values.map((value) => value * factor);
}

function within(bias: number): number {
  return Math.min(FURTHEST, Math.max(-FURTHEST, bias));
}

/** An element known to exist. */
function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
