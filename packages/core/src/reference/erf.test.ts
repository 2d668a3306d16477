import { expect, test } from "vitest";
import { relativeError } from "../testing/relative-error.ts";
import { erf } from "./erf.ts";

test("erf holds to 1e-14 of itself, from near 0 to where it is 1", () => {
  // Python's math.erf
  const known: readonly (readonly [number, number])[] = [
    [1e-9, 1.1283791670955127e-9],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2.5, 0.999593047982555],
    [4, 0.9999999845827421],
  ];
  for (const [x, value] of known) {
    expect(relativeError([erf(x)], [value])).toBeLessThan(1e-14);
    expect(erf(-x)).toBe(-erf(x));
  }
  expect(erf(0)).toBe(0);
  expect(erf(7)).toBe(1);
  expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
});
