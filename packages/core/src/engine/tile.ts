/** A tile as the SIMD maps see it: addresses in the wasm memory, and how far apart the rows of channels are. */
import type { Arena } from "./arena.ts";
import type { Kernels } from "./kernels.ts";

export class SimdTile {
  readonly kernels: Kernels;
  readonly classes: number;
  /** Pixels. */
  readonly pixels: number;
  /** Pixels, rounded up to a multiple of 4; those past the end are ignored ones. */
  readonly count: number;
  /** Elements between two rows of everything but `x`. */
  readonly stride: number;
  /** Logits, or probabilities; 0 when the map does not read them. */
  readonly x: number;
  readonly xStride: number;
  /** Softmax: p per class, then m, r, a per pixel (assembly/softmax.ts). */
  readonly p: number;
  readonly m: number;
  readonly r: number;
  readonly a: number;
  /** Int32 labels, or float32 targets in rows; negative where ignored. */
  target = 0;
  /** Where an `ignoreIndex` list goes. */
  readonly ignored: number;
  /** Where the gradient and the elements go; 0 when not wanted. */
  grad = 0;
  elements = 0;
  readonly #arena: Arena;
  readonly #constants: number;

  constructor(arena: Arena, kernels: Kernels, layout: TileLayout) {
    this.#arena = arena;
    this.kernels = kernels;
    this.classes = layout.classes;
    this.pixels = layout.pixels;
    this.count = (layout.pixels + 3) & ~3;
    this.stride = layout.stride;
    this.x = layout.x;
    this.xStride = layout.xStride;
    this.p = layout.p;
    this.m = layout.m;
    this.r = layout.r;
    this.a = layout.a;
    this.ignored = layout.ignored;
    this.#constants = layout.constants;
  }

  /** Puts up to 2 C float32 where a kernel can read them, until the next call; the address. */
  constants(values: ArrayLike<number>): number {
    this.#arena.floats(this.#constants, values.length).set(values);
    return this.#constants;
  }

  /** The address of row `c`, of `grad`, `elements` or `target`. */
  row(base: number, c: number): number {
    return base === 0 ? 0 : base + c * this.stride * 4;
  }
}

export interface TileLayout {
  readonly classes: number;
  readonly pixels: number;
  readonly stride: number;
  readonly x: number;
  readonly xStride: number;
  readonly p: number;
  readonly m: number;
  readonly r: number;
  readonly a: number;
  readonly constants: number;
  readonly ignored: number;
}
