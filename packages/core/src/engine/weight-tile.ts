/**
 * What a call weighs the pixels of a tile by: weights, and upstream gradients of the elements. A pixel loss is linear
 * in both, so its kernel runs without them, and its elements and its gradient are multiplied afterwards.
 *
 * @module
 */
import type { KernelMaps } from "../term.ts";
import type { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";
import type { PieceView } from "./piece-view.ts";
import type { Scratch } from "./scratch.ts";
import type { Staging, TargetPlace } from "./staging.ts";
import type { SimdTile } from "./tile.ts";

export class WeightTile {
  readonly #arena: Arena;
  readonly #kernels: Kernels;
  readonly #scratch: Scratch;
  readonly #staging: Staging;
  #pixelWeights: TargetPlace | undefined;
  #upstream: TargetPlace | undefined;
  #upstreamRows = 0;

  constructor(arena: Arena, kernels: Kernels, scratch: Scratch, staging: Staging) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#scratch = scratch;
    this.#staging = staging;
  }

  openPiece({ rows, count }: PieceView): void {
    const { pixelWeights, upstream } = rows;
    this.#pixelWeights = pixelWeights && this.#staging.loadTarget(pixelWeights, count, "weights");
    this.#upstream = upstream && this.#staging.loadTarget(upstream, count, "upstream");
    this.#upstreamRows = upstream?.channels ?? 0;
  }

  /** Writes the weights of pixels `[begin, begin + tile.pixels)` to scratch; `tile.weights` is 0 where there are none. */
  moveTo(tile: SimdTile, begin: number): void {
    const { weights, upstream, stride } = this.#scratch;
    tile.weights = this.#pixelWeights === undefined ? 0 : weights;
    if (this.#pixelWeights !== undefined) this.#load(this.#pixelWeights, 0, weights, tile, begin);
    if (this.#upstream === undefined) return;
    if (this.#pixelWeights === undefined) this.#arena.floats(weights, tile.count).fill(1);
    for (let c = 0; c < this.#upstreamRows; c++) {
      this.#load(this.#upstream, c, upstream + c * stride * 4, tile, begin);
    }
    this.#kernels.weighRows(
      upstream,
      stride,
      weights,
      0,
      this.#upstreamRows,
      tile.count,
      upstream,
      stride,
      0,
    );
  }

  /** The second map of a pixel loss, with what the call weighs by. */
  second(maps: KernelMaps, tile: SimdTile, coefficients: Float64Array, sums: Float64Array): void {
    if (this.#pixelWeights === undefined && this.#upstream === undefined) {
      maps.second(tile, coefficients, sums);
      return;
    }
    const kernels = this.#kernels;
    const scratch = this.#scratch;
    const { grad, gradStride, elements, elementsStride, adds, classes, count } = tile;
    if (grad !== 0 && adds === 1) {
      tile.grad = scratch.plain;
      tile.gradStride = scratch.stride;
    }
    if (elements === 0) {
      tile.elements = scratch.elements;
      tile.elementsStride = scratch.stride;
    }
    tile.adds = 0;
    maps.second(tile, coefficients, this.#arena.doubles(scratch.plainSums, sums.length));
    const rows = tile.elementRows;
    kernels.weighElements(tile.elements, tile.elementsStride, rows, count, scratch.weights, sums.byteOffset);
    if (grad !== 0) {
      const [factors, apart] = this.#upstream ? [scratch.upstream, scratch.stride] : [scratch.weights, 0];
      const step = rows === 1 ? 0 : apart;
      kernels.weighRows(tile.grad, tile.gradStride, factors, step, classes, count, grad, gradStride, adds);
    }
    tile.grad = grad;
    tile.gradStride = gradStride;
    tile.elements = elements;
    tile.elementsStride = elementsStride;
    tile.adds = adds;
  }

  #load(
    { address, stride, step, type, bytesPerElement }: TargetPlace,
    c: number,
    to: number,
    tile: SimdTile,
    begin: number,
  ): void {
    const { pixels, count } = tile;
    this.#kernels.widenTargets(
      address + (c * stride + begin * step) * bytesPerElement,
      type,
      step,
      pixels,
      to,
    );
    // Ignored pixels fill the tile up: a gradient of 0 must not be multiplied by NaN.
    if (count > pixels) this.#arena.floats(to + pixels * 4, count - pixels).fill(0);
  }
}
