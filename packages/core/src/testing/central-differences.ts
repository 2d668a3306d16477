import type { Loss, LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference/evaluate.ts";
import type { Tensor } from "../tensor.ts";

/** (L(x + h) - L(x - h)) / 2h in every logit, of the float64 maps: off by about h^2 and by rounding / h. */
export function centralDifferences(
  loss: Loss,
  logits: Tensor,
  target: Tensor,
  extra: LossExtra = {},
  h = 1e-5,
): Float64Array {
  const x = Float64Array.from(logits.data as Float32Array);
  const valueWith = (i: number, v: number): number => {
    const moved = x.slice();
    moved[i] = v;
    return referenceValueAndGrad(loss, { data: moved, dims: logits.dims }, target, extra).value;
  };
  return x.map((v, i) => (valueWith(i, v + h) - valueWith(i, v - h)) / (2 * h));
}
