/** Activations in float64, without overflow. */

/** 1 / (1 + exp(-x)): only the exponential of a non-positive number is taken. */
export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** log(1 + exp(x)). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** exp(x_k) / sum_j exp(x_j). */
export function softmax(x: Float64Array): Float64Array {
  const largest = Math.max(...x);
  const e = x.map((v) => Math.exp(v - largest));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
}

/** x_k - log sum_j exp(x_j); log1p of all but the largest keeps a confident pixel exact. */
export function logSoftmax(x: Float64Array): Float64Array {
  const largest = Math.max(...x);
  const at = x.indexOf(largest);
  const rest = x.reduce((sum, v, k) => (k === at ? sum : sum + Math.exp(v - largest)), 0);
  return x.map((v) => v - largest - Math.log1p(rest));
}
