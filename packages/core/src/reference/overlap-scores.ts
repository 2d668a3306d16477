/**
 * Scores of one class as functions of its sums, with their slopes, float64. 1 is a perfect prediction.
 *
 *   Dice     (2 I + s) / (P + G + s')
 *   Jaccard  (I + s) / (P + G - I + s')
 *   Tversky  (I + s) / (I + a (P - I) + b (G - I) + s')
 *   MCC      (tp tn - fp fn) / sqrt((tp + fp) (tp + fn) (tn + fp) (tn + fn)), each count + s
 */

/** Sums of a class over a group of pixels, each weighted: I of p g, P of p^k, G of g^k, and n, the pixels. */
export interface ClassSums {
  readonly i: number;
  readonly p: number;
  readonly g: number;
  readonly n: number;
}

/** A score or a loss of one class, and its slopes with respect to I and P. */
export interface Scored {
  readonly value: number;
  readonly di: number;
  readonly dp: number;
}

export interface Smoothing {
  readonly numerator: number;
  readonly denominator: number;
  /** The denominator is at least this; 0 for no bound. */
  readonly epsilon: number;
}

export function diceScore({ i, p, g }: ClassSums, { numerator, denominator, epsilon }: Smoothing): Scored {
  return quotient(
    { value: 2 * i + numerator, di: 2, dp: 0 },
    { value: p + g + denominator, di: 0, dp: 1 },
    epsilon,
  );
}

export function jaccardScore({ i, p, g }: ClassSums, { numerator, denominator, epsilon }: Smoothing): Scored {
  return quotient(
    { value: i + numerator, di: 1, dp: 0 },
    { value: p + g - i + denominator, di: -1, dp: 1 },
    epsilon,
  );
}

export interface ErrorWeights {
  readonly falsePositive: number;
  readonly falseNegative: number;
}

export function tverskyScore(
  { i, p, g }: ClassSums,
  { falsePositive: a, falseNegative: b }: ErrorWeights,
  { numerator, denominator, epsilon }: Smoothing,
): Scored {
  return quotient(
    { value: i + numerator, di: 1, dp: 0 },
    { value: i + a * (p - i) + b * (g - i) + denominator, di: 1 - a - b, dp: a },
    epsilon,
  );
}

/** A coefficient whose matrix has an empty row or column, which only smooth 0 allows, is 0. */
export function matthewsScore({ i, p, g, n }: ClassSums, smooth: number): Scored {
  const [tp, fp, fn, tn] = [i, p - i, g - i, n - p - g + i].map((count) => count + smooth);
  const predicted = tp + fp;
  const rejected = tn + fn;
  const root = Math.sqrt(predicted * (tp + fn)) * Math.sqrt((tn + fp) * rejected);
  if (!(root > 0)) return { value: 0, di: 0, dp: 0 };
  const value = (tp * tn - fp * fn) / root;
  return {
    value,
    di: (tp + fp + fn + tn) / root,
    dp: -(tp + fn) / root - (value / 2) * (1 / predicted - 1 / rejected),
  };
}

/** n / d; 1 where d is 0: nothing is there, nothing predicted, and nothing smooths. */
export function quotient(n: Scored, d: Scored, epsilon: number): Scored {
  if (epsilon > 0 && d.value < epsilon) {
    return { value: n.value / epsilon, di: n.di / epsilon, dp: n.dp / epsilon };
  }
  if (d.value === 0) return { value: 1, di: 0, dp: 0 };
  const value = n.value / d.value;
  return { value, di: (n.di - value * d.di) / d.value, dp: (n.dp - value * d.dp) / d.value };
}
