/**
 * What binary cross-entropy and focal share: each logit is a loss of its own, against a dense target in [0, 1].
 *
 * @module
 */
import type { SimdTile } from "../engine/tile.ts";
import type { ValueAndSlope } from "../reference/binary.ts";
import type { ReferencePixel } from "../reference/pixel.ts";
import type { Term, TermMaps } from "../term.ts";
import { ignoreList, type PixelOptions, pixelReduction } from "./reduction.ts";

export interface SigmoidPixelLoss {
  readonly id: string;
  readonly options: PixelOptions & { readonly input?: "logits" | "probabilities" };
  /** Row `c` of a tile: adds its sum at `sums`, writes elements and `scale` times the gradient unless 0. */
  runRow(tile: SimdTile, c: number, scale: number, elements: number, grad: number, sums: number): void;
  /** One element, float64. */
  element(x: number, t: number, c: number): ValueAndSlope;
}

export function sigmoidPixelTerm({ id, options, runRow, element }: SigmoidPixelLoss): Term {
  const { reduction = "mean", allIgnored = "zero", input = "logits" } = options;
  const simd: TermMaps<SimdTile> = {
    first(tile, sums) {
      tile.kernels.countTargets(tile.target, tile.stride, tile.classes, tile.count, sums.byteOffset);
      sums[2] += tile.pixels * tile.classes;
    },
    second(tile, [scale], sums) {
      for (let c = 0; c < tile.classes; c++) {
        runRow(tile, c, scale, tile.row(tile.elements, c), tile.row(tile.grad, c), sums.byteOffset);
      }
    },
  };
  const reference: TermMaps<ReferencePixel> = {
    first({ t, classes }, sums) {
      const counted = t.filter((tc) => tc >= 0).length;
      sums[0] += counted > 0 ? 1 : 0;
      sums[1] += counted;
      sums[2] += classes;
    },
    second({ x, t, grad, elements, classes }, [scale], sums) {
      for (let c = 0; c < classes; c++) {
        if (t[c] < 0) continue;
        const { value, slope } = element(x[c], t[c], c);
        elements[c] = value;
        sums[0] += value;
        grad[c] += scale * slope;
      }
    },
  };
  return {
    id,
    coupling: "labels",
    activation: "sigmoid",
    input,
    ignored: ignoreList(options.ignoreIndex),
    writesElements: reduction === "none",
    ...pixelReduction(id, reduction, "weights", allIgnored),
    simd,
    reference,
  };
}
