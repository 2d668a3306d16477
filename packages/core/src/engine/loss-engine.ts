/**
 * Runs the maps of a plan on a piece: on the SIMD kernels where a term has them for this call, tile by tile, and on
 * the float64 maps elsewhere.
 *
 * Arrays in the engine's own memory are read in place; all others pass through a tile of scratch that stays in the
 * second-level cache. Gradients are made in scratch and copied out once a tile is done, so that the gradient may
 * take the place of the logits.
 *
 * @module
 */
import type { LossPlan } from "../plan.ts";
import type { Term } from "../term.ts";
import { Arena } from "./arena.ts";
import { nonFiniteFault, probabilityFault } from "./faults.ts";
import { instantiateKernels, type Kernels } from "./kernels.ts";
import type { Floats, PieceView, Rows } from "./piece-view.ts";
import { firstOverPixels, secondOverPixels } from "./pixel-loop.ts";
import { Scratch } from "./scratch.ts";
import { loadTarget } from "./target-tile.ts";
import { SimdTile } from "./tile.ts";

export class LossEngine {
  readonly arena: Arena;
  readonly #kernels: Kernels;
  readonly #scratch: Scratch;
  #tiles = 0;

  /** An engine with a memory of its own, or over the memory it shares with other threads. */
  constructor(memory?: WebAssembly.Memory) {
    this.arena = new Arena(memory);
    this.#kernels = instantiateKernels(this.arena.memory);
    this.#scratch = new Scratch(this.arena);
  }

  /** Tiles the SIMD kernels have run on: the proof that the fast path was taken. */
  get tiles(): number {
    return this.#tiles;
  }

  /** First map: the sums of one piece, and its part of the fields. */
  first(plan: LossPlan, view: PieceView): Float64Array {
    const { simd, pixel } = twinsFor(plan, view);
    const sums = new Float64Array(plan.firstLength);
    if (simd.length > 0) {
      const scratch = this.#scratch.fit(plan);
      const own = this.arena.doubles(scratch.sums, plan.firstLength).fill(0);
      for (let begin = 0; begin < view.count; begin += scratch.stride) {
        const count = Math.min(scratch.stride, view.count - begin);
        const tile = this.#openTile(plan, view, begin, count, plan.firstReadsLogits);
        for (const i of simd) {
          const { term } = plan.terms[i];
          this.#aim(tile, term, view, begin);
          term.simd?.first(tile, plan.firstOf(own, i));
        }
      }
      sums.set(own);
    }
    if (pixel.length > 0) {
      firstOverPixels({ plan, terms: pixel, view, begin: 0, count: view.count }, sums);
    }
    return sums;
  }

  /** Second map: gradient and elements where the view has room for them, and the sums of the piece. */
  second(plan: LossPlan, view: PieceView, coefficients: Float64Array): Float64Array {
    const { simd, pixel } = twinsFor(plan, view);
    const { grad, elements } = view.rows;
    const scratch = this.#scratch.fit(plan);
    const sums = this.arena.doubles(scratch.sums, plan.secondLength).fill(0);
    for (let begin = 0; begin < view.count; begin += scratch.stride) {
      const count = Math.min(scratch.stride, view.count - begin);
      if (simd.length > 0) {
        const tile = this.#openTile(plan, view, begin, count, true);
        simd.forEach((i, nth) => {
          const { term } = plan.terms[i];
          this.#aim(tile, term, view, begin);
          tile.grad = grad === undefined ? 0 : nth === 0 ? scratch.grad : scratch.nextGrad;
          tile.elements = elements === undefined ? 0 : scratch.elements;
          term.simd?.second(tile, plan.coefficientsOf(coefficients, i), plan.secondOf(sums, i));
          if (tile.grad !== 0 && nth > 0) {
            this.#kernels.addRows(scratch.grad, scratch.nextGrad, scratch.stride * view.classes);
          }
        });
        if (elements !== undefined) this.#store(scratch.elements, elements, begin, count);
      } else if (grad !== undefined) {
        this.arena.floats(scratch.grad, scratch.stride * view.classes).fill(0);
      }
      if (pixel.length > 0) {
        const gradRows = grad && this.#rowsAt(scratch.grad, view.classes);
        secondOverPixels({ plan, terms: pixel, view, begin, count }, coefficients, sums, gradRows);
      }
      if (grad !== undefined) this.#store(scratch.grad, grad, begin, count);
    }
    return sums.slice();
  }

  #openTile(plan: LossPlan, view: PieceView, begin: number, count: number, readsLogits: boolean): SimdTile {
    const scratch = this.#scratch;
    const { classes } = view;
    const { data, offset, stride, step } = view.rows.logits;
    let x = 0;
    let xStride = scratch.stride;
    if (readsLogits && step === 1 && this.arena.holds(data)) {
      x = data.byteOffset + (offset + begin) * 4;
      xStride = stride;
    } else if (readsLogits) {
      x = scratch.x;
      this.#load(view.rows.logits, x, begin, count);
    }
    const tile = new SimdTile(this.arena, this.#kernels, { ...scratch, classes, pixels: count, x, xStride });
    if (readsLogits) {
      this.#checkInput(plan, view, tile, begin, count);
      if (plan.terms.some(({ term }) => term.simd !== undefined && term.activation === "softmax")) {
        const { p, stride, m, r, a } = tile;
        this.#kernels.softmax(x, xStride, p, stride, m, r, a, classes, tile.count);
      }
    }
    this.#tiles++;
    return tile;
  }

  /** Brings the targets of a term into the tile, checked. */
  #aim(tile: SimdTile, term: Term, view: PieceView, begin: number): void {
    tile.target = this.#scratch.target;
    loadTarget(this.arena, tile, term, view, begin);
  }

  #checkInput(plan: LossPlan, view: PieceView, tile: SimdTile, begin: number, count: number): void {
    const probabilities = plan.terms.some(({ term }) => term.simd && term.input === "probabilities");
    for (let c = 0; c < view.classes; c++) {
      const row = tile.x + c * tile.xStride * 4;
      const bad = this.#kernels.firstNonFinite(row, count);
      if (bad >= 0) throw nonFiniteFault(view.origin, view.classes, c, begin + bad, this.#floatAt(row, bad));
      const outside = probabilities ? this.#kernels.firstOutsideUnit(row, count) : -1;
      if (outside >= 0) {
        throw probabilityFault(view.origin, view.classes, c, begin + outside, this.#floatAt(row, outside));
      }
    }
  }

  #floatAt(address: number, i: number): number {
    return this.arena.floats(address, i + 1)[i];
  }

  #rowsAt(address: number, channels: number): Rows<Float32Array> {
    const { stride } = this.#scratch;
    return { data: this.arena.floats(address, channels * stride), channels, offset: 0, stride, step: 1 };
  }

  #load(from: Rows<Floats>, to: number, begin: number, count: number): void {
    const { data, stride } = this.#rowsAt(to, from.channels);
    for (let c = 0; c < from.channels; c++) {
      const at = from.offset + c * from.stride + begin * from.step;
      if (from.step === 1) data.set(from.data.subarray(at, at + count), c * stride);
      else for (let i = 0; i < count; i++) data[c * stride + i] = from.data[at + i * from.step];
    }
  }

  #store(from: number, to: Rows<Floats>, begin: number, count: number): void {
    const { data, stride } = this.#rowsAt(from, to.channels);
    for (let c = 0; c < to.channels; c++) {
      const at = to.offset + c * to.stride + begin * to.step;
      if (to.step === 1) to.data.set(data.subarray(c * stride, c * stride + count), at);
      else for (let i = 0; i < count; i++) to.data[at + i * to.step] = data[c * stride + i];
    }
  }
}

/** Which terms of a plan run on the kernels in this call, and which pixel by pixel. */
function twinsFor(plan: LossPlan, view: PieceView): { readonly simd: number[]; readonly pixel: number[] } {
  const simd: number[] = [];
  const pixel: number[] = [];
  plan.terms.forEach(({ term }, i) => {
    (hasKernel(term, view) ? simd : pixel).push(i);
  });
  return { simd, pixel };
}

/** The kernels know finite float32 logits and the target kind of their activation, and no weights or masks. */
function hasKernel(term: Term, { targetKind, rows, classMask }: PieceView): boolean {
  return (
    term.simd !== undefined &&
    term.nonFinite === "throw" &&
    term.range === "unit" &&
    term.outOfRange === "throw" &&
    targetKind === (term.activation === "softmax" ? "labels" : "dense") &&
    rows.pixelWeights === undefined &&
    rows.upstream === undefined &&
    classMask === undefined
  );
}
