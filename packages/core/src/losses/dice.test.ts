import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { expectWorked, ofChannel } from "../testing/worked-example.ts";
import { type DiceOptions, dice } from "./dice.ts";

const LN3 = Math.log(3);

describe("Dice of one channel", () => {
  const run = (options: DiceOptions, x: readonly number[], t: readonly number[]) =>
    ofChannel(dice(options), x, t);

  test("equals the hand-worked value and gradient", () => {
    // p = 1/2, 1/2, t = 1, 0, s = 1: I = 1/2, P = 1, G = 1: 1 - 2/3 = 1/3
    // dL/dp = N / D^2 - 2 t / D = 2/9 - (2/3, 0) = -4/9, 2/9; dp/dx = 1/4
    expectWorked(run({}, [0, 0], [1, 0]), 1 / 3, [-1 / 9, 1 / 18]);
  });

  test("without smoothing is 1 - 2 I / (P + G)", () => {
    // 1 - 1/2; dL/dp = 1/4 - (1, 0) = -3/4, 1/4
    expectWorked(run({ smooth: 0 }, [0, 0], [1, 0]), 1 / 2, [-3 / 16, 1 / 16]);
  });

  test("leaves ignored pixels out", () => {
    expectWorked(run({ ignoreIndex: 255 }, [0, 3, 0], [1, 255, 0]), 1 / 3, [-1 / 9, 0, 1 / 18]);
  });

  test("is near 0 for an empty mask that is predicted empty, and 0 without smoothing and without pixels", () => {
    expect(run({}, [-40, -40], [0, 0]).value).toBeLessThan(1e-16);
    expectWorked(run({ smooth: 0 }, [], []), 0, []);
  });
});

describe("Dice of several channels", () => {
  test("is the mean over classes, background in, of sums over the batch", () => {
    // pixel 0: p = 1/4, 3/4, label 1; pixel 1 (another image): p = 1/2, 1/2, label 0; s = 1
    // class 0: I = 1/2, P = 3/4, G = 1: N = 2, D = 11/4: 1 - 8/11 = 3/11
    // class 1: I = 3/4, P = 5/4, G = 1: N = 5/2, D = 13/4: 1 - 10/13 = 3/13
    // d_c = (N / D^2 - 2 [c = y] / D) / 2: class 0: 16/121, own 16/121 - 4/11; class 1: 20/169, own 20/169 - 4/13
    // dL/dx_0 = p_0 p_1 (d_0 - d_1), dL/dx_1 = -dL/dx_0
    const result = referenceValueAndGrad(
      dice(),
      { data: Float64Array.of(0, LN3, 5, 5), dims: [2, 2, 1] },
      { data: Uint8Array.of(1, 0), dims: [2, 1] },
    );
    const g0 = (3 / 16) * (16 / 121 - (20 / 169 - 4 / 13));
    const g1 = (1 / 4) * (16 / 121 - 4 / 11 - 20 / 169);
    expectWorked(result, (3 / 11 + 3 / 13) / 2, [g0, -g0, g1, -g1]);
  });

  test("with sigmoid takes each channel on its own", () => {
    // channel 0 as the first example above, channel 1 the same with the pixels swapped; mean over channels
    const result = referenceValueAndGrad(
      dice({ activation: "sigmoid" }),
      { data: new Float64Array(4), dims: [1, 2, 2] },
      { data: Uint8Array.of(1, 0, 0, 1), dims: [1, 2, 2] },
    );
    expectWorked(result, 1 / 3, [-1 / 18, 1 / 36, 1 / 36, -1 / 18]);
  });
});
