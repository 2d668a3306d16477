import { expect, test } from "vitest";
import { relativeError } from "../testing/relative-error.ts";
import { gaussianKernel, meanKernel, smoothed } from "./neighbourhood.ts";

test("a mean kernel counts zeros beyond the edges", () => {
  // the 3 x 2 grid 1 2 / 3 4 / 5 6: each sum over a 3 x 3 window, by 9
  const sums = [10, 10, 21, 21, 18, 18];
  const got = smoothed(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2], meanKernel(3));
  expect(
    relativeError(
      got,
      sums.map((sum) => sum / 9),
    ),
  ).toBeLessThan(1e-14);
});

test("one voxel in three dimensions spreads as the product of the kernel along each axis", () => {
  const kernel = gaussianKernel(0.4);
  const spatial = [3, 4, 5];
  const voxel = new Float64Array(60);
  voxel[(1 * 4 + 2) * 5 + 2] = 1;
  const at = (j: number) => kernel[j + (kernel.length - 1) / 2];
  const expected = Float64Array.from({ length: 60 }, (_, i) => {
    const [z, y, x] = [Math.floor(i / 20) - 1, (Math.floor(i / 5) % 4) - 2, (i % 5) - 2];
    return at(z) * at(y) * at(x);
  });
  expect(relativeError(smoothed(voxel, spatial, kernel), expected)).toBeLessThan(1e-14);
});

test("a Gaussian of sigma 1 has nine taps, symmetric, short of 1 by what lies beyond 4.5 sigma", () => {
  const kernel = gaussianKernel(1);
  expect(kernel.length).toBe(9);
  expect(relativeError(kernel, kernel.slice().reverse())).toBeLessThan(1e-13);
  // erf(0.5 / sqrt 2) = 0.3829249225480262, and 1 - erf(4.5 / sqrt 2) = 6.795346249460121e-6
  expect(relativeError([kernel[4]], [0.3829249225480262])).toBeLessThan(1e-14);
  const sum = kernel.reduce((total, tap) => total + tap, 0);
  expect(relativeError([1 - sum], [6.795346249460121e-6])).toBeLessThan(1e-9);
});

test("a narrow Gaussian leaves a pixel as it is", () => {
  expect([...gaussianKernel(0.01)]).toEqual([0, 1, 0]);
});
