/**
 * The gradient of a loss by differences of its float64 value, and where the loss has a kink.
 *
 *   D(h) = (L(x + h) - L(x - h)) / 2h            error h^2 L'''/6 + ...
 *   gradient = (4 D(h/2) - D(h)) / 3             error of order h^4, and of rounding / h
 *   B(h) = (L(x + h) - 2 L(x) + L(x - h)) / h    h L'' where L is smooth, the jump of the slope at a kink
 *
 * Where L is smooth, D(h) = D(h/2) and B(h) = 2 B(h/2) but for terms of order h^2. A kink d away from x shows in the
 * first for any d but 0, and in the second for any d but h/3.
 *
 * @module
 */
import type { Loss, LossExtra } from "../loss.ts";
import { referenceValueOf } from "../reference-value.ts";
import type { Tensor } from "../tensor.ts";

export interface Differences {
  /** With the dims of the logits. */
  readonly grad: Float64Array;
  /** Entries, by index, around which the loss is not smooth; the gradient there means nothing. */
  readonly kinks: readonly number[];
  /** What rounding of the value alone may leave in `grad`: smaller errors cannot be seen. */
  readonly noise: number;
}

/** Steps that suit logits, and probabilities as near as 1/64 to 0 and 1. */
const LOGIT_STEP = 2 ** -13;
const PROBABILITY_STEP = 2 ** -17;

/** Roundings of a value, of the size it is made at. */
const ROUNDING = 2 ** -51;

/** Of the largest slope: far above what curvature leaves at these steps. */
const KINK = 1e-5;

/** The gradient of `loss` at the logits of a problem, by differences. */
export function centralDifferences(
  loss: Loss,
  { logits, target, extra }: { readonly logits: Tensor; readonly target: Tensor; readonly extra?: LossExtra },
): Differences {
  const { terms } = loss.plan(logits.dims[1]);
  const h = terms.some(({ term }) => term.input === "probabilities") ? PROBABILITY_STEP : LOGIT_STEP;
  const x = Float64Array.from(logits.data as Float32Array);
  const valueAt = referenceValueOf(loss, x, logits.dims, target, extra);
  const middle = valueAt();
  const grad = new Float64Array(x.length);
  const bends = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const at = x[i];
    const both = (step: number): readonly [slope: number, bend: number] => {
      x[i] = at + step;
      const after = valueAt();
      x[i] = at - step;
      const before = valueAt();
      return [(after - before) / (2 * step), (after - middle - (middle - before)) / step];
    };
    const [wide, wideBend] = both(h);
    const [near, nearBend] = both(h / 2);
    x[i] = at;
    grad[i] = (4 * near - wide) / 3;
    bends[i] = Math.max(Math.abs(wide - near), Math.abs(wideBend - 2 * nearBend));
  }
  const scale = grad.reduce((largest, slope) => Math.max(largest, Math.abs(slope)), 0);
  // A sum of pixels is rounded at its own size; a ratio of sums is 1 - N / D, rounded at 1.
  const noise = (ROUNDING * (Math.abs(middle) + (loss.coupling === "labels" ? 0 : 1))) / h;
  const kinks = Array.from(bends.keys()).filter((i) => !(bends[i] <= KINK * scale + 4 * noise));
  return { grad, kinks, noise };
}
