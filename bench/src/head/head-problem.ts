/** Seeded features, weights and output gradient of the head that `conv-head` trains. @module */
import { elementCount } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";

export interface HeadSize {
  readonly samples: number;
  /** Into the 3x3 convolution, out of it, and out of the 1x1 convolution. */
  readonly channels: readonly [number, number, number];
  /** Pixels of each side. */
  readonly side: number;
}

export const CONV_HEAD: HeadSize = { samples: 4, channels: [256, 64, 21], side: 64 };
/** Odd, so that the last tile of a kernel is short. */
export const QUICK_CONV_HEAD: HeadSize = { samples: 2, channels: [24, 10, 5], side: 13 };

export interface HeadArray {
  readonly dims: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface HeadProblem {
  readonly size: HeadSize;
  /** `[N, C, H, W]` */
  readonly features: HeadArray;
  /** Weight and bias of the 3x3 convolution, then of the 1x1 convolution, by name. */
  readonly parameters: Readonly<Record<string, HeadArray>>;
  /** dL/d(output). */
  readonly outputGrad: HeadArray;
}

export function headProblem(size: HeadSize, seed: number): HeadProblem {
  const { samples, side } = size;
  const [from, middle, classes] = size.channels;
  const random = seededRandom(seed);
  const uniform = (dims: readonly number[], scale = 1): HeadArray => ({
    dims,
    data: Float32Array.from(uniformArray(random, elementCount(dims), scale)),
  });
  return {
    size,
    features: uniform([samples, from, side, side]),
    parameters: {
      w1: uniform([middle, from, 3, 3], 1 / Math.sqrt(9 * from)),
      b1: uniform([middle], 0.1),
      w2: uniform([classes, middle, 1, 1], 1 / Math.sqrt(middle)),
      b2: uniform([classes], 0.1),
    },
    outputGrad: uniform([samples, classes, side, side]),
  };
}
