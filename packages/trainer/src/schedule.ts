/** Learning rates over a run. @module */

/**
 * The poly schedule of DeepLab (Chen et al., 2017, section 3.4): `base (1 - step / steps)^power`, for steps from 0.
 */
export function polyRate(base: number, step: number, steps: number, power = 0.9): number {
  return base * (1 - step / steps) ** power;
}
