/**
 * The door: checks that logits and target fit, and lays both out as N images of C channels of P pixels.
 *
 * @module
 */
import { PixelgradError } from "./errors.ts";
import { elementCount, formatDims, type Tensor, type TypedArray } from "./tensor.ts";

export interface Problem {
  readonly images: number;
  readonly classes: number;
  /** Pixels of one image. */
  readonly pixels: number;
  readonly logits: Float32Array;
  readonly target: TypedArray;
  /** Labels hold a class index per pixel; dense targets a number in [0, 1] per logit. */
  readonly targetKind: "labels" | "dense";
  readonly logitsDims: readonly number[];
  readonly targetDims: readonly number[];
}

/**
 * Rank decides, not dtype: a target of the logits' rank is dense, one rank less is labels. With one channel,
 * `[N, ...spatial]` and `[N, 1, ...spatial]` mean the same, and both are dense.
 */
export function layOut(logits: Tensor, target: Tensor): Problem {
  if (!(logits.data instanceof Float32Array)) {
    throw new PixelgradError(
      "TYPE_MISMATCH",
      `Logits must be a Float32Array, got ${logits.data.constructor.name}: convert them first.`,
      { expected: "Float32Array", got: logits.data.constructor.name },
    );
  }
  checkLength("Logits", logits);
  checkLength("The target", target);
  if (logits.dims.length < 2) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `Logits need dims [N, C, ...spatial], got ${formatDims(logits.dims)}.`,
      { expected: [0, 0], got: logits.dims },
    );
  }
  const [images, classes, ...spatial] = logits.dims as [number, number, ...number[]];
  const labelDims = [images, ...spatial];
  const dense = sameDims(target.dims, logits.dims);
  if (!dense && !sameDims(target.dims, labelDims)) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `For logits ${formatDims(logits.dims)} the target must be labels ${formatDims(labelDims)} or dense ` +
        `${formatDims(logits.dims)}, got ${formatDims(target.dims)}.`,
      { expected: labelDims, got: target.dims },
    );
  }
  return {
    images,
    classes,
    pixels: elementCount(spatial),
    logits: logits.data,
    target: target.data,
    targetKind: dense || classes === 1 ? "dense" : "labels",
    logitsDims: logits.dims,
    targetDims: target.dims,
  };
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

function checkLength(what: string, { data, dims }: Tensor): void {
  if (data.length === elementCount(dims)) return;
  throw new PixelgradError(
    "SHAPE_MISMATCH",
    `${what} of dims ${formatDims(dims)}: expected ${elementCount(dims)} elements, got ${data.length}.`,
    { expected: dims, got: [data.length] },
  );
}
