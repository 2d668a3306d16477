/**
 * Runs the two maps of a plan on a piece, tile by tile, on the SIMD kernels.
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
import type { PieceView, Rows } from "./piece-view.ts";
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

  /** First map: the sums of one piece. */
  first(plan: LossPlan, view: PieceView): Float64Array {
    const scratch = this.#scratch.fit(plan);
    const sums = this.arena.doubles(scratch.sums, plan.firstLength).fill(0);
    for (let begin = 0; begin < view.count; begin += scratch.stride) {
      const count = Math.min(scratch.stride, view.count - begin);
      const tile = this.#openTile(plan, view, begin, count, plan.firstReadsLogits);
      plan.terms.forEach(({ term }, i) => {
        this.#aim(tile, term, view, begin);
        term.simd.first(tile, plan.firstOf(sums, i));
      });
    }
    return sums.slice();
  }

  /** Second map: gradient and elements where the view has room for them, and the sums of the piece. */
  second(plan: LossPlan, view: PieceView, coefficients: Float64Array): Float64Array {
    const scratch = this.#scratch.fit(plan);
    const sums = this.arena.doubles(scratch.sums, plan.secondLength).fill(0);
    for (let begin = 0; begin < view.count; begin += scratch.stride) {
      const count = Math.min(scratch.stride, view.count - begin);
      const tile = this.#openTile(plan, view, begin, count, true);
      plan.terms.forEach(({ term }, i) => {
        this.#aim(tile, term, view, begin);
        tile.grad = view.grad === undefined ? 0 : i === 0 ? scratch.grad : scratch.nextGrad;
        tile.elements = view.elements === undefined || !term.writesElements ? 0 : scratch.elements;
        term.simd.second(tile, plan.coefficientsOf(coefficients, i), plan.secondOf(sums, i));
        if (tile.grad !== 0 && i > 0) {
          this.#kernels.addRows(scratch.grad, scratch.nextGrad, scratch.stride * view.classes);
        }
      });
      if (view.grad !== undefined) this.#store(scratch.grad, view.grad, view.classes, begin, count);
      if (view.elements !== undefined) {
        this.#store(scratch.elements, view.elements, plan.elementRows, begin, count);
      }
    }
    return sums.slice();
  }

  #openTile(plan: LossPlan, view: PieceView, begin: number, count: number, readsLogits: boolean): SimdTile {
    const scratch = this.#scratch;
    const { logits, classes } = view;
    let x = 0;
    let xStride = scratch.stride;
    if (readsLogits && this.arena.holds(logits.data)) {
      x = logits.data.byteOffset + (logits.offset + begin) * 4;
      xStride = logits.stride;
    } else if (readsLogits) {
      x = scratch.x;
      this.#load(logits, x, classes, begin, count);
    }
    const tile = new SimdTile(this.arena, this.#kernels, { ...scratch, classes, pixels: count, x, xStride });
    if (readsLogits) {
      this.#checkInput(plan, view, tile, begin, count);
      if (plan.terms.some(({ term }) => term.activation === "softmax")) {
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
    const probabilities = plan.terms.some(({ term }) => term.input === "probabilities");
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

  #load(from: Rows<Float32Array>, to: number, channels: number, begin: number, count: number): void {
    const stride = this.#scratch.stride;
    const floats = this.arena.floats(to, channels * stride);
    for (let c = 0; c < channels; c++) {
      const at = from.offset + c * from.stride + begin;
      floats.set(from.data.subarray(at, at + count), c * stride);
    }
  }

  #store(from: number, to: Rows<Float32Array>, channels: number, begin: number, count: number): void {
    const stride = this.#scratch.stride;
    const floats = this.arena.floats(from, channels * stride);
    for (let c = 0; c < channels; c++) {
      to.data.set(floats.subarray(c * stride, c * stride + count), to.offset + c * to.stride + begin);
    }
  }
}
