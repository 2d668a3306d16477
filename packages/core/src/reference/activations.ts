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

/** exp(x_k) / sum_j exp(x_j) over the open classes; 0 for the others, also where none is open. */
export function softmax(
  x: Float64Array,
  to: Float64Array = new Float64Array(x.length),
  open?: Uint8Array,
): Float64Array {
  const top = indexOfLargest(x, open);
  let sum = 0;
  for (let k = 0; k < x.length; k++) {
    to[k] = open?.[k] === 0 ? 0 : Math.exp(x[k] - x[top]);
    sum += to[k];
  }
  if (sum !== 0) for (let k = 0; k < x.length; k++) to[k] /= sum;
  return to;
}

/** x_k - log sum_j exp(x_j) over the open classes; log1p of all but the largest keeps a confident pixel exact. */
export function logSoftmax(
  x: Float64Array,
  to: Float64Array = new Float64Array(x.length),
  open?: Uint8Array,
): Float64Array {
  const top = indexOfLargest(x, open);
  const largest = x[top];
  let rest = 0;
  for (let k = 0; k < x.length; k++) if (k !== top && open?.[k] !== 0) rest += Math.exp(x[k] - largest);
  const logRest = Math.log1p(rest);
  for (let k = 0; k < x.length; k++) {
    to[k] = open?.[k] === 0 ? Number.NEGATIVE_INFINITY : x[k] - largest - logRest;
  }
  return to;
}

/**
 * Adds dL/dx_k = p_k (d_k - sum_j p_j d_j) to `grad`, from d = dL/dp. Taken relative to the d of the largest class,
 * which keeps it exact when p is near 0 or 1.
 */
export function chainSoftmax(p: Float64Array, d: Float64Array, grad: Float64Array): void {
  const top = indexOfLargest(p);
  let mean = 0;
  for (let k = 0; k < p.length; k++) if (k !== top) mean += p[k] * (d[k] - d[top]);
  for (let k = 0; k < p.length; k++) grad[k] += p[k] * (d[k] - d[top] - mean);
}

/**
 * Adds `scale` times dL/dx_k = a_k - p_k sum_j a_j over the open classes to `grad`, from a = dL / d log p. The largest p
 * is 1 - the others, so that a pixel which is confidently right keeps its small gradient.
 */
export function chainLogSoftmax(
  p: Float64Array,
  open: Uint8Array,
  slopeOf: (k: number) => number,
  scale: number,
  grad: Float64Array,
): void {
  const top = indexOfLargest(p, open);
  let rest = 0;
  let others = 0;
  for (let k = 0; k < p.length; k++) {
    if (k === top || open[k] === 0) continue;
    rest += p[k];
    others += slopeOf(k);
  }
  const ofTop = slopeOf(top);
  for (let k = 0; k < p.length; k++) {
    if (open[k] === 0) continue;
    grad[k] += scale * (k === top ? ofTop * rest - p[top] * others : slopeOf(k) - p[k] * (others + ofTop));
  }
}

/** Of the open classes, the first if several are largest. */
export function indexOfLargest(x: Float64Array, open?: Uint8Array): number {
  let top = open === undefined ? 0 : Math.max(0, open.indexOf(1));
  for (let k = top + 1; k < x.length; k++) if (x[k] > x[top] && open?.[k] !== 0) top = k;
  return top;
}
