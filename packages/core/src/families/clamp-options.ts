/** Options of losses that take the logarithm of probabilities. @module */
import type { OptionFields } from "../options.ts";
import { type Clamp, type Clamping, PYTORCH_CLAMPING } from "../reference/clamped-log.ts";

export interface ClampOptions {
  /**
   * Of probabilities only, what keeps their logarithm finite. `log`: none is below -100, or `logFloor`. `probability`: they
   * are kept in [epsilon, 1 - epsilon], both rounded to float32; outside, their gradient is 0. `inside`: epsilon is added
   * under the logarithm. `none`: nothing; a target on a probability of 0 costs infinity.
   */
  readonly clamp?: Clamp;
  /** Of the clamps `probability` and `inside`, 0 to 0.5; 1e-7 by default. */
  readonly epsilon?: number;
}

export const epsilonField: OptionFields = {
  epsilon: {
    kind: "number",
    min: 0,
    max: 0.5,
    default: 1e-7,
    doc: "Of the clamps that have one: how far from 0 probabilities are kept.",
  },
};

export const clampFields = (clamp: Clamp): OptionFields => ({
  clamp: {
    kind: "choice",
    values: ["log", "probability", "inside", "none"],
    default: clamp,
    doc:
      "What keeps the logarithm of probabilities finite: a floor of -100 under it, p within [epsilon, 1 - epsilon], " +
      "log(p + epsilon), or nothing.",
  },
  ...epsilonField,
});

export interface LogFloorOptions {
  /** Of the clamp `log`: the least a logarithm can be, -745 to 0; -100 by default. */
  readonly logFloor?: number;
}

export const logFloorField: OptionFields = {
  logFloor: {
    kind: "number",
    // The logarithm of the smallest number there is.
    min: -745,
    max: 0,
    default: PYTORCH_CLAMPING.logFloor,
    doc: "Of the clamp log: the least a logarithm can be.",
  },
};

/** The clamp with its numbers. */
export function clampingOf(
  { epsilon = 1e-7, logFloor = PYTORCH_CLAMPING.logFloor, ...options }: ClampOptions & LogFloorOptions,
  clamp: Clamp,
): Clamping {
  return { clamp: options.clamp ?? clamp, epsilon, logFloor };
}

export interface NormalizationOptions {
  /** Of probabilities under a softmax: `sum` divides those of a pixel by their sum first, as Keras; `none` by default. */
  readonly normalization?: "none" | "sum";
}

export const normalizationField: OptionFields = {
  normalization: {
    kind: "choice",
    values: ["none", "sum"],
    default: "none",
    doc: "Of probabilities under a softmax: taken as they are, or those of a pixel divided by their sum first.",
  },
};
