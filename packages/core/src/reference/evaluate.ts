/**
 * Runs a loss on its float64 reference, pixel by pixel. Slow and plain: the oracle of the SIMD kernels, and what
 * central differences are taken of.
 *
 * @module
 */
import { checkTargetKind } from "../engine/target-tile.ts";
import type { Loss, LossValue } from "../loss.ts";
import { layOut, type Problem } from "../problem.ts";
import type { Tensor } from "../tensor.ts";
import type { Term } from "../term.ts";
import type { ReferencePixel } from "./pixel.ts";

export interface ReferenceResult extends Omit<LossValue, "elements"> {
  /** d value / d logits, with the dims of the logits. */
  readonly grad: Float64Array;
}

/**
 * The loss and its gradient in float64.
 * @param logits - `[N, C, ...spatial]`, float32 or float64.
 * @param target - as for `loss.valueAndGrad`, already known to be valid.
 */
export function referenceValueAndGrad(loss: Loss, logits: Tensor, target: Tensor): ReferenceResult {
  const problem = layOut({ ...logits, data: Float32Array.from(logits.data as Float32Array) }, target);
  const x = Float64Array.from(logits.data as Float64Array);
  const plan = loss.plan(problem.classes);
  const grad = new Float64Array(x.length);
  const first = new Float64Array(plan.firstLength);
  const second = new Float64Array(plan.secondLength);
  plan.terms.forEach(({ term }, i) => {
    checkTargetKind(term, { ...problem, origin: { image: 0, begin: 0, ...problem } });
    for (const pixel of pixelsOf(problem, x, grad, term))
      term.reference.first(pixel.data, plan.firstOf(first, i));
  });
  const coefficients = plan.finish(first);
  plan.terms.forEach(({ term }, i) => {
    for (const pixel of pixelsOf(problem, x, grad, term)) {
      term.reference.second(pixel.data, plan.coefficientsOf(coefficients, i), plan.secondOf(second, i));
      pixel.store();
    }
  });
  return { ...plan.result(first, second), grad };
}

interface Visit {
  readonly data: ReferencePixel;
  /** Adds the pixel's gradient to the whole one. */
  store(): void;
}

function* pixelsOf(problem: Problem, x: Float64Array, grad: Float64Array, term: Term): Generator<Visit> {
  const { images, classes, pixels, target } = problem;
  const ignored = new Set(term.ignored);
  const targetAt = (offset: number) => {
    const value = Number(target[offset]);
    return ignored.has(value) ? -1 : value;
  };
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < pixels; i++) {
      const at = (c: number) => (n * classes + c) * pixels + i;
      const labels = term.activation === "softmax";
      const data: ReferencePixel = {
        classes,
        x: Float64Array.from({ length: classes }, (_, c) => x[at(c)]),
        y: labels ? targetAt(n * pixels + i) : -1,
        t: Float64Array.from({ length: labels ? 0 : classes }, (_, c) => targetAt(at(c))),
        grad: new Float64Array(classes),
        elements: new Float64Array(classes),
      };
      yield {
        data,
        store: () => {
          for (let c = 0; c < classes; c++) grad[at(c)] += data.grad[c];
        },
      };
    }
  }
}
