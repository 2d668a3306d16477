/** Tensors in the memory that all threads of a pool share. @module */
import { elementCount, formatDims, type LossEngine, PixelgradError, type Tensor } from "@pixelgrad/core";
import { type ArrayType, type ArrayTypes, arrayTypes } from "./array-types.ts";

/** A tensor of zeros in `arena`. */
export function poolTensor<T extends ArrayType>(
  arena: LossEngine["arena"],
  dims: readonly number[],
  type: T,
): Tensor<ArrayTypes[T]> {
  if (!dims.every((d) => Number.isInteger(d) && d >= 0)) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `A tensor of a pool needs dims that are whole numbers of at least 0, got [${dims}].`,
      { expected: [], got: dims },
    );
  }
  const count = elementCount(dims);
  const asked = count * arrayTypes[type].BYTES_PER_ELEMENT;
  const address = arena.allocateToKeep(asked);
  if (address === undefined) {
    const { left } = arena;
    throw new PixelgradError(
      "MEMORY_EXHAUSTED",
      `A ${type} tensor of ${formatDims(dims)} needs ${asked} bytes of the pool's memory, which has ${left} left for ` +
        "tensors: use an ordinary array, or one over a SharedArrayBuffer, which calls stream through it piece by piece.",
      { asked, left },
    );
  }
  return { data: new arrayTypes[type](arena.bytes.buffer, address, count), dims };
}
