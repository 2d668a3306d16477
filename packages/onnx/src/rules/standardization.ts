/**
 * What all normalisations share: X̂ = (X - μ) / σ with μ the mean of X over some axes and σ² its variance there plus ε.
 * As μ and σ depend on X,
 *
 *   dX = (dX̂ - mean dX̂ - X̂ mean(dX̂ X̂)) / σ
 *
 * Both are made again from X in the gradient graph.
 *
 * @module
 */
import { formula } from "./formula.ts";
import type { RuleContext } from "./rule.ts";

export interface Standardized {
  /** X̂, with the dims of X. */
  readonly hat: string;
  /** dX from dX̂. */
  grad(hatGrad: string): string;
}

export function standardized(
  context: RuleContext,
  x: string,
  axes: readonly number[],
  epsilon: number,
): Standardized {
  const { add, sub, mul, div, sqrt, mean } = formula(context);
  const centred = sub(x, mean(x, axes));
  const deviation = sqrt(add(mean(mul(centred, centred), axes), epsilon));
  const hat = div(centred, deviation);
  return {
    hat,
    grad: (hatGrad) => {
      const shift = mean(hatGrad, axes);
      const along = mul(hat, mean(mul(hatGrad, hat), axes));
      return div(sub(sub(hatGrad, shift), along), deviation);
    },
  };
}
