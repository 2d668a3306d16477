/** One pixel as the float64 reference sees it: all its channels, its target, and where its results go. */
export interface ReferencePixel {
  readonly classes: number;
  /** Logits (or probabilities) `[C]`. */
  readonly x: Float64Array;
  /** The label; -1 when ignored. Softmax losses read this. */
  readonly y: number;
  /** Dense targets `[C]`; -1 where ignored. Sigmoid losses read this. */
  readonly t: Float64Array;
  /** `[C]`, accumulated. */
  readonly grad: Float64Array;
  /** `[1]` (softmax) or `[C]` (sigmoid), overwritten. */
  readonly elements: Float64Array;
}
