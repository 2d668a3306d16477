/**
 * What sigmoid pixel losses share: each logit is a loss of its own, against a target in [0, 1].
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import type { OptionFields } from "../options.ts";
import type { ValueAndSlope } from "../reference/binary.ts";
import type { Term } from "../term.ts";
import { commonTerm } from "./common-options.ts";
import { countElement, type Divisor, type PixelOptions, PixelSum, pixelReduction } from "./reduction.ts";

export interface SigmoidPixelOptions extends PixelOptions {
  /** What the first argument holds: `logits` by default. */
  readonly input?: "logits" | "probabilities";
  /** Takes labels too: each class against all others. */
  readonly oneVsRest?: boolean;
}

export const sigmoidInputFields: OptionFields = {
  input: {
    kind: "choice",
    values: ["logits", "probabilities"],
    default: "logits",
    doc: "What the input holds.",
  },
  oneVsRest: { kind: "boolean", default: false, doc: "Takes labels too: each class against all others." },
};

export interface SigmoidPixelLoss {
  readonly id: string;
  readonly options: SigmoidPixelOptions;
  /** What a mean divides by unless the caller says; `valid` by default. */
  readonly divisor?: Divisor;
  /** What an element of channel `c` adds to the divisor `weights`; 1 by default. */
  weightOf?(c: number): number;
  /** One element, float64: its loss, and the slope with respect to the input. */
  element(x: number, t: number, c: number): ValueAndSlope;
  /**
   * Row `c` of a tile: adds its sum at `sums`, writes elements and `scale` times the gradient unless 0. Absent where
   * the kernel lacks an option that is set.
   */
  runRow?(tile: SimdTile, c: number, scale: number, elements: number, grad: number, sums: number): void;
}

export function sigmoidPixelTerm(loss: SigmoidPixelLoss): Term {
  const { id, options, element, runRow } = loss;
  const {
    reduction = "mean",
    allIgnored = "zero",
    input = "logits",
    divisor = loss.divisor ?? "valid",
    oneVsRest = false,
  } = options;
  return {
    id,
    coupling: "labels",
    activation: "sigmoid",
    input,
    targets: oneVsRest ? "either" : "dense",
    slope: "input",
    ...commonTerm(options),
    elements: reduction === "none" ? "logits" : "none",
    ...pixelReduction(id, { reduction, divisor, allIgnored }),
    pixel: {
      first({ open, counted, weight, classes }, sums) {
        sums[PixelSum.pixels] += counted ? 1 : 0;
        sums[PixelSum.all] += classes;
        for (let c = 0; c < classes; c++) {
          if (open[c] !== 0) countElement(sums, weight * (loss.weightOf?.(c) ?? 1));
        }
      },
      second({ x, t, open, weight, upstream, grad, elements, classes }, [scale], sums) {
        for (let c = 0; c < classes; c++) {
          if (open[c] === 0) continue;
          const { value, slope } = element(x[c], t[c], c);
          elements[c] = weight * value;
          sums[0] += elements[c];
          grad[c] += scale * weight * upstream[c] * slope;
        }
      },
    },
    // The kernel does not count nonzero weights.
    ...(runRow &&
      divisor !== "nonzero" && {
        simd: {
          first(tile, sums) {
            tile.kernels.countTargets(tile.target, tile.stride, tile.classes, tile.count, sums.byteOffset);
            sums[PixelSum.all] += tile.pixels * tile.classes;
          },
          second(tile, [scale], sums) {
            for (let c = 0; c < tile.classes; c++) {
              runRow(tile, c, scale, tile.row(tile.elements, c), tile.row(tile.grad, c), sums.byteOffset);
            }
          },
        },
      }),
  };
}
