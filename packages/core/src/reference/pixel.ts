/** One pixel as the float64 maps see it: all its channels, its target, and where its results go. */
export interface Pixel {
  readonly classes: number;
  /** The input `[C]`: logits, probabilities or log-probabilities. */
  readonly x: Float64Array;
  /** Probabilities `[C]`: the activation of the logits, or the input itself; 0 where the class mask leaves a class out. */
  readonly p: Float64Array;
  /** log p `[C]`, exact where p is near 1; -Infinity where the class mask leaves a class out. */
  readonly logp: Float64Array;
  /** The label; -1 when ignored, and for dense targets. */
  readonly y: number;
  /** The target `[C]`; one-hot for a label. Meaningless where `open` is 0. */
  readonly t: Float64Array;
  /** Whether any channel counts. */
  readonly counted: boolean;
  /** `[C]`: 0 where a channel does not count (ignored, or left out by the class mask), else 1. */
  readonly open: Uint8Array;
  /** The pixel's weight; 1 unless `pixelWeights` are given. */
  readonly weight: number;
  /** The term's field at this pixel: written by the first map, read by the second. */
  readonly field: Float64Array;
  /** The teacher's input `[C]`; empty unless given. */
  readonly teacher: Float64Array;
  /** d total / d element, `[1]` (one element per pixel) or `[C]`; 1 unless given. */
  readonly upstream: Float64Array;
  /** d value / d input `[C]`, accumulated. */
  readonly grad: Float64Array;
  /** d value / d probability `[C]`, accumulated; the engine chains it through the activation. */
  readonly slope: Float64Array;
  /** `[1]` or `[C]`, overwritten. */
  readonly elements: Float64Array;
}

/** How many channels of a pixel count, of its `open`. */
export function openCount(open: Uint8Array): number {
  let count = 0;
  for (const isOpen of open) count += isOpen;
  return count;
}
