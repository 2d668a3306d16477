/** Targets at the size of smaller logits. @module */
import type { Layout } from "./problem.ts";
import { checkTensor, elementCount, type Tensor, type TypedArray } from "./tensor.ts";

/**
 * A target, or pixel weights, at the spatial size of logits: element i of `size` is element floor((i + 1/2) from / size)
 * of the original, along each axis, which is PyTorch's `nearest-exact`, here in whole numbers. The target itself where
 * the sizes agree, and where it has no axes that could be resized: the loss will say what is wrong with it.
 *
 * @param target - `[N, ...spatial]`, or of the logits' rank.
 * @throws PixelgradError `TYPE_MISMATCH`, `SHAPE_MISMATCH`.
 */
export function nearestTarget<T extends Tensor>(
  what: string,
  target: T,
  logitsDims: readonly number[],
  layout: Layout = "channels-first",
): Tensor {
  checkTensor(what, target);
  const { data, dims } = target;
  const rank = logitsDims.length;
  const dense = dims.length === rank;
  if ((!dense && dims.length !== rank - 1) || data.length === 0) return target;
  const first = dense && layout === "channels-first" ? 2 : 1;
  const end = dense && layout === "channels-last" ? rank - 1 : dims.length;
  const from = dims.slice(first, end);
  const size = layout === "channels-first" ? logitsDims.slice(2) : logitsDims.slice(1, -1);
  if (from.every((length, axis) => length === size[axis])) return target;
  const sources = sourcesOf(from, size);
  const inner = elementCount(dims.slice(end));
  const outer = elementCount(dims.slice(0, first));
  const pixels = elementCount(from);
  const to = arrayLike(data, outer * sources.length * inner);
  for (let o = 0, at = 0; o < outer; o++) {
    for (const source of sources) {
      for (let k = 0; k < inner; k++) to[at++] = data[(o * pixels + source) * inner + k];
    }
  }
  return { data: to, dims: [...dims.slice(0, first), ...size, ...dims.slice(end)] };
}

/** Where each pixel of a grid of `size` comes from in one of `from`. */
function sourcesOf(from: readonly number[], size: readonly number[]): readonly number[] {
  let sources = [0];
  from.forEach((length, axis) => {
    const nearest = Array.from({ length: size[axis] }, (_, i) =>
      Math.floor(((2 * i + 1) * length) / (2 * size[axis])),
    );
    sources = sources.flatMap((start) => nearest.map((i) => start * length + i));
  });
  return sources;
}

function arrayLike<A extends TypedArray>(data: A, length: number): A {
  return new (data.constructor as new (length: number) => A)(length);
}
