import { describe, expect, test } from "vitest";
import { resizeBilinear } from "./resize-bilinear.ts";

const grey = (values: readonly number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
const red = (pixels: ArrayLike<number>) => Array.from(pixels).filter((_, i) => i % 3 === 0);

describe("resizeBilinear", () => {
  test("returns the pixels themselves when nothing changes", () => {
    const pixels = grey([1, 2]);
    expect(resizeBilinear(pixels, [1, 2], [1, 2])).toBe(pixels);
  });

  test("enlarges about pixel centres: 0 100 to 0 25 75 100, rows and columns", () => {
    // Centres (j + 0.5) / 2 = 0.25 0.75 1.25 1.75, between the inputs' 0.5 and 1.5.
    expect(red(resizeBilinear(grey([0, 100]), [1, 2], [1, 4]))).toEqual([0, 25, 75, 100]);
    expect(red(resizeBilinear(grey([0, 100]), [2, 1], [4, 1]))).toEqual([0, 25, 75, 100]);
  });

  test("shrinks by taking the two neighbours of a centre: half the size averages pairs", () => {
    // Centres 1 3 5 lie between pixels 0 and 1, 2 and 3, 4 and 5.
    expect(red(resizeBilinear(grey([7, 0, 0, 56, 0, 0]), [1, 6], [1, 3]))).toEqual([3.5, 28, 0]);
  });

  test("keeps a mirrored image mirrored, and channels apart", () => {
    const pixels = Uint8Array.from({ length: 5 * 3 }, (_, i) => (i * 37) % 256);
    const mirrored = Uint8Array.from(
      { length: 15 },
      (_, i) => pixels[(4 - Math.floor(i / 3)) * 3 + (i % 3)]!,
    );
    const a = resizeBilinear(pixels, [1, 5], [1, 8]);
    const b = resizeBilinear(mirrored, [1, 5], [1, 8]);
    for (let i = 0; i < 8; i++) {
      for (let c = 0; c < 3; c++) expect(b[(7 - i) * 3 + c]).toBeCloseTo(a[i * 3 + c]!, 4);
    }
  });

  test.each([1, 2, 3, 5, 97])("keeps a constant constant within 1e-4 of 255, 5 × 7 to %i squared", (size) => {
    const out = resizeBilinear(new Uint8Array(105).fill(255), [5, 7], [size, size]);
    expect(out).toHaveLength(size * size * 3);
    for (const value of out) expect(Math.abs(value - 255)).toBeLessThan(1e-4);
  });
});
