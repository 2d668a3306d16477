import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { channelProblem, ofChannel } from "../testing/worked-example.ts";
import { focal } from "./focal.ts";
import { type PenaltyReducedFocalOptions, penaltyReducedFocal } from "./penalty-reduced-focal.ts";

const LN3 = Math.log(3);

const run = (options: PenaltyReducedFocalOptions, x: readonly number[], t: readonly number[]) =>
  ofChannel(penaltyReducedFocal(options), x, t);

describe("penalty-reduced focal loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // p = 3/4. Peak: (1/16) log(4/3); slope -(1/16)(1/4) - 2 (1/16)(3/4) log(4/3).
    // Surroundings, t = 1/2: (1/16)(9/16) log 4; slope (1/16)(9/16)(3/4 + 2 (1/4) log 4).
    const { value, grad } = run({}, [LN3, LN3], [1, 0.5]);
    const [peak, around] = [Math.log(4 / 3) / 16, (9 / 256) * Math.log(4)];
    expect(relativeError([value], [peak + around])).toBeLessThan(1e-14);
    expect(
      relativeError(grad, [-1 / 64 - (3 / 32) * Math.log(4 / 3), (9 / 256) * (0.75 + 0.5 * Math.log(4))]),
    ).toBeLessThan(1e-14);
  });

  test("of hard targets is the focal loss, divided by the number of peaks", () => {
    const [x, t] = [
      [1, -2, 3, 0.5, 0.1],
      [1, 0, 0, 1, 0],
    ];
    const expected = referenceValueAndGrad(focal({ divisor: 2 }), ...channelProblem(x, t));
    const got = run({}, x, t);
    expect(relativeError([got.value, ...got.grad], [expected.value, ...expected.grad])).toBeLessThan(1e-14);
  });

  test("without a peak is a sum", () => {
    expect(run({}, [1, 2], [0, 0]).value).toBe(run({ reduction: "sum" }, [1, 2], [0, 0]).value);
  });

  test("takes targets from the threshold on as peaks", () => {
    expect(run({ positiveThreshold: 0.5 }, [1], [0.5]).value).toBe(run({}, [1], [1]).value);
  });

  test("what is ignored is as if it were not there, peaks included", () => {
    const without = run({}, [1, -1], [1, 0.25]);
    const ignoring = run({ ignoreIndex: 255 }, [1, 4, -1], [1, 255, 0.25]);
    expect(ignoring.value).toBe(without.value);
    expect([...ignoring.grad]).toEqual([without.grad[0], 0, without.grad[1]]);
    expect(run({ ignoreIndex: 255, allIgnored: "nan" }, [1], [255]).value).toBeNaN();
  });

  test("is finite up to logits of 1e9 and at probabilities of 0 and 1", () => {
    for (const alpha of [0, 0.5, 2]) {
      for (const t of [0, 0.3, 1]) {
        for (const { value, grad } of [
          run({ alpha }, [-1e9, 1e9], [t, t]),
          run({ alpha, input: "probabilities" }, [0, 1], [t, t]),
        ]) {
          expect([value, ...grad].every(Number.isFinite)).toBe(true);
        }
      }
    }
  });
});
