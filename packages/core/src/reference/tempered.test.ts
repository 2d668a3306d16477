import { describe, expect, test } from "vitest";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { logSoftmax } from "./activations.ts";
import { temperedLogSoftmax } from "./tempered.ts";

function tempered(x: ArrayLike<number>, t: number, open = new Uint8Array(x.length).fill(1)): Float64Array {
  const logp = new Float64Array(x.length);
  temperedLogSoftmax(Float64Array.from(x), open, t, logp);
  return logp;
}

describe("tempered softmax", () => {
  test.each([0, 0.5, 0.9, 1, 1.4, 2, 4, 10])("of temperature %d adds up to 1 within 1e-14", (t) => {
    const random = seededRandom(1);
    for (const scale of [1, 30, 1e9]) {
      for (const classes of [2, 5, 1000]) {
        const p = tempered(uniformArray(random, classes, scale), t).map(Math.exp);
        expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-14 * Math.sqrt(classes));
      }
    }
  });

  test("of temperature 1 is the softmax within 1e-13", () => {
    const x = Float64Array.from(uniformArray(seededRandom(2), 7, 20));
    expect(relativeError(tempered(x, 1), logSoftmax(x))).toBeLessThan(1e-13);
  });

  test("of temperature 2 equals the hand-worked one", () => {
    // exp_2 z = 1 / (1 - z). For x = (0, -3/2): 1 / (1 + d) + 1 / (5/2 + d) = 1 at d = 1/2: 2/3 + 1/3
    expect(relativeError(tempered([0, -1.5], 2), [Math.log(2 / 3), Math.log(1 / 3)])).toBeLessThan(1e-15);
  });

  test("below temperature 1 gives 0 to what is far off", () => {
    // exp_0 z = max(0, 1 + z)
    expect(tempered([0, -5], 0)).toEqual(Float64Array.of(0, Number.NEGATIVE_INFINITY));
  });

  test("leaves out what is not open", () => {
    const logp = tempered([1, 9, 1], 1.4, Uint8Array.of(1, 0, 1));
    expect(
      relativeError(
        logp.filter((_, k) => k !== 1),
        [-Math.LN2, -Math.LN2],
      ),
    ).toBeLessThan(1e-15);
    expect(logp[1]).toBe(Number.NEGATIVE_INFINITY);
  });
});
