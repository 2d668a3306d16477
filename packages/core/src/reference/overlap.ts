/**
 * The overlap family of one pixel, float64: I += p g, P += p, G += g, and the gradient of a loss whose slope per
 * probability is d_c = b_c - a_c g_c.
 */
import { sigmoid, softmax } from "./activations.ts";
import type { ReferencePixel } from "./pixel.ts";

/** sums[3c], [3c + 1], [3c + 2] += I, P, G. */
export function addOverlapOfLabel({ x, y, classes }: ReferencePixel, sums: Float64Array): void {
  if (y < 0) return;
  const p = softmax(x);
  for (let c = 0; c < classes; c++) {
    const g = c === y ? 1 : 0;
    sums[3 * c] += p[c] * g;
    sums[3 * c + 1] += p[c];
    sums[3 * c + 2] += g;
  }
}

/** dL/dx_k = p_k sum_j p_j (d_k - d_j), added to `grad`: the softmax chain without a difference that cancels. */
export function addOverlapGradOfLabel(
  { x, y, grad, classes }: ReferencePixel,
  a: Float64Array,
  b: Float64Array,
): void {
  if (y < 0) return;
  const p = softmax(x);
  const d = b.map((bc, c) => bc - (c === y ? a[c] : 0));
  for (let k = 0; k < classes; k++) {
    let chain = 0;
    for (let j = 0; j < classes; j++) chain += p[j] * (d[k] - d[j]);
    grad[k] += p[k] * chain;
  }
}

export function addOverlapOfTargets({ x, t, classes }: ReferencePixel, sums: Float64Array): void {
  for (let c = 0; c < classes; c++) {
    if (t[c] < 0) continue;
    const p = sigmoid(x[c]);
    sums[3 * c] += p * t[c];
    sums[3 * c + 1] += p;
    sums[3 * c + 2] += t[c];
  }
}

/** dL/dx = p (1 - p) d, added to `grad`. */
export function addOverlapGradOfTargets(
  { x, t, grad, classes }: ReferencePixel,
  a: Float64Array,
  b: Float64Array,
): void {
  for (let c = 0; c < classes; c++) {
    if (t[c] < 0) continue;
    grad[c] += sigmoid(x[c]) * sigmoid(-x[c]) * (b[c] - a[c] * t[c]);
  }
}
