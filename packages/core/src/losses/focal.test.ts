import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { seededRandom, uniformArray } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { expectWorked, ofChannel, ofPixel } from "../testing/worked-example.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { type FocalOptions, focal } from "./focal.ts";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const LN4 = Math.log(4);

function expectFinite({ value, grad }: ReturnType<typeof run>): void {
  expect([value, ...grad].every(Number.isFinite)).toBe(true);
}

/** Seven pixels of one image. */
function randomLabels(seed: number, classes: number) {
  const random = seededRandom(seed);
  const data = Float64Array.from(uniformArray(random, 7 * classes, 3));
  const labels = Uint8Array.from({ length: 7 }, () => Math.floor(random() * classes));
  return { logits: { data, dims: [1, classes, 7] }, labels: { data: labels, dims: [1, 7] } };
}

const run = (options: FocalOptions, x: readonly number[], t: readonly number[]) =>
  ofChannel(focal(options), x, t);

describe("focal loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // x = log 3, t = 0: b = log 4, q = 1 - 1/4 = 3/4, loss (9/16) log 4
    // d/db = q^2 (1 + 2 (1 - q) b / q) = 9/16 (1 + 2/3 log 4), db/dx = p = 3/4
    expectWorked(run({}, [LN3], [0]), (9 / 16) * LN4, [(27 / 64) * (1 + (2 / 3) * LN4)]);
  });

  test("multiplies by alpha", () => {
    expectWorked(run({ alpha: 0.25 }, [LN3], [0]), (9 / 64) * LN4, [(27 / 256) * (1 + (2 / 3) * LN4)]);
  });

  test("with gamma 1 weighs by q, with gamma 0 not at all", () => {
    // q (1 + (1 - q) b / q) = q + (1 - q) b = 3/4 + 1/4 log 4
    expectWorked(run({ gamma: 1 }, [LN3], [0]), 0.75 * LN4, [0.75 * (0.75 + 0.25 * LN4)]);
    expectWorked(run({ gamma: 0 }, [LN3], [0]), LN4, [0.75]);
  });

  test("of probabilities is the same value", () => {
    // t = 1, p = 1/2: q = 1/2, loss (1/4) log 2; d/db = 1/4 (1 + 2 log 2), db/dp = -2
    expectWorked(run({ input: "probabilities" }, [0.5], [1]), LN2 / 4, [-0.5 * (1 + 2 * LN2)]);
  });

  test("is the mean over what counts", () => {
    const one = run({}, [LN3], [0]);
    const two = run({ ignoreIndex: 255 }, [LN3, 1, LN3], [0, 255, 0]);
    expectWorked(two, one.value, [one.grad[0] / 2, 0, one.grad[0] / 2]);
  });

  test.each([0, 0.5, 1, 2])("with gamma %d has value and gradient 0 where the loss underflows", (gamma) => {
    expectWorked(run({ gamma }, [-1e4, 1e4], [0, 1]), 0, [0, 0]);
  });
});

/** One pixel of two classes with probabilities 3/4 and 1/4. */
const runPixel = (options: FocalOptions, label: number, x: readonly number[] = [LN3, 0]) =>
  ofPixel(focal({ activation: "softmax", ...options }), x, label);

describe("softmax focal loss", () => {
  test("equals the hand-worked value and gradient", () => {
    // p_y = 1/4, u = 3/4: (9/16) log 4; s = dl/dlog p_y = -(9/16) (1 + 2 (1/4) log 4 / (3/4)); dl/dx = s (3/4), -s (3/4)
    const pull = (27 / 64) * (1 + (2 / 3) * LN4);
    expectWorked(runPixel({}, 1), (9 / 16) * LN4, [pull, -pull]);
  });

  test("with gamma 0 is cross-entropy within 1e-14, smoothed and weighted or not", () => {
    const { logits, labels } = randomLabels(3, 4);
    for (const same of [{}, { labelSmoothing: 0.2 }]) {
      const expected = referenceValueAndGrad(crossEntropy({ ...same, divisor: "valid" }), logits, labels);
      const got = referenceValueAndGrad(focal({ activation: "softmax", gamma: 0, ...same }), logits, labels);
      expect(relativeError([got.value], [expected.value])).toBeLessThan(1e-14);
      expect(relativeError(got.grad, expected.grad)).toBeLessThan(1e-14);
    }
  });

  test("weighs classes by alpha, by background and foreground, and by class weights", () => {
    const one = runPixel({}, 1).value;
    expect(runPixel({ alpha: 0.3 }, 1).value / one).toBeCloseTo(0.3, 14);
    expect(runPixel({ alpha: [5, 0.7] }, 1).value / one).toBeCloseTo(0.7, 14);
    expect(runPixel({ alpha: 0.3, alphaMode: "background" }, 1).value / one).toBeCloseTo(0.3, 14);
    expect(runPixel({ alpha: 0.3, alphaMode: "background" }, 0).value / runPixel({}, 0).value).toBeCloseTo(
      0.7,
      14,
    );
    expect(runPixel({ alpha: 0.5, classWeights: [1, 3] }, 1).value / one).toBeCloseTo(1.5, 14);
  });

  test("spread over elements is 1 / C of the mean over pixels", () => {
    const pixels = runPixel({}, 1);
    const elements = runPixel({ spread: "elements" }, 1);
    expectWorked(elements, pixels.value / 2, [pixels.grad[0] / 2, pixels.grad[1] / 2]);
  });

  test("leaves classes out of sum and divisor, not of the softmax", () => {
    const { logits } = randomLabels(4, 3);
    const labels = { data: Uint8Array.of(0, 1, 2, 0, 1, 2, 2), dims: [1, 7] };
    const some = referenceValueAndGrad(
      focal({ activation: "softmax", classes: "foreground" }),
      logits,
      labels,
    );
    const ignoring = referenceValueAndGrad(focal({ activation: "softmax", ignoreIndex: 0 }), logits, labels);
    expect(some.value).toBe(ignoring.value);
    expect(some.counted).toBe(5);
    expect(some.grad).toEqual(ignoring.grad);
  });

  test("a class that is masked out is as if it were not there", () => {
    const { logits, labels } = randomLabels(5, 3);
    const classMask = { data: Uint8Array.of(1, 1, 0), dims: [3] };
    const two = { data: labels.data.map((y) => y % 2), dims: labels.dims };
    const fewer = { data: logits.data.slice(0, 14), dims: [1, 2, 7] };
    for (const divisor of ["valid", "modulator"] as const) {
      const loss = focal({ activation: "softmax", labelSmoothing: 0.1, divisor });
      const masked = referenceValueAndGrad(loss, logits, two, { classMask });
      const without = referenceValueAndGrad(loss, fewer, two);
      expect(masked.value).toBe(without.value);
      expect(masked.grad.slice(0, 14)).toEqual(without.grad);
      expect(masked.grad.slice(14)).toEqual(new Float64Array(7));
    }
  });
});

describe("readings of soft targets", () => {
  const readings = ["exp", "linear", "split", "logit"] as const;

  test("agree on hard targets within 1e-14", () => {
    const expected = run({}, [2, -1, 3, -4], [1, 1, 0, 0]);
    for (const softTargets of readings) {
      const got = run({ softTargets, modulator: "differentiated" }, [2, -1, 3, -4], [1, 1, 0, 0]);
      expectWorked(got, expected.value, [...expected.grad]);
    }
  });

  test.each([
    // x = log 3, t = 1/2: b = log(4/3) / 2 + log(4) / 2
    ["linear", 1 / 4, 0],
    ["logit", 1 / 4, 0],
    ["exp", (1 - Math.sqrt(3) / 4) ** 2, 0],
    ["split", 0, (1 / 2) * (1 / 16) * Math.log(4 / 3) + (1 / 2) * (9 / 16) * LN4],
  ] as const)("%s equals the hand-worked value", (softTargets, modulator, value) => {
    const b = Math.log(16 / 3) / 2;
    const got = run({ softTargets }, [LN3], [0.5]).value;
    expect(relativeError([got], [value + modulator * b])).toBeLessThan(1e-14);
  });
});

describe("variants of the sigmoid focal loss", () => {
  test("balanced alpha weighs positives by alpha and negatives by the rest", () => {
    const balanced = { alpha: 0.25, alphaMode: "balanced" } as const;
    const [zero, one] = [run({}, [LN3], [0]), run({}, [LN3], [1])];
    expectWorked(run(balanced, [LN3], [0]), 0.75 * zero.value, [0.75 * zero.grad[0]]);
    expectWorked(run(balanced, [LN3], [1]), 0.25 * one.value, [0.25 * one.grad[0]]);
  });

  test("reduced, it leaves pixels below the threshold alone and scales the others", () => {
    // p_t = 1/4: b = log 4, db/dx = 3/4.  p_t = 3/4: ((1/4) / (1/2))^2 log(4/3)
    expectWorked(run({ reducedThreshold: 0.5 }, [LN3], [0]), LN4, [0.75]);
    const easy = run({ reducedThreshold: 0.5 }, [LN3], [1]).value;
    expect(relativeError([easy], [Math.log(4 / 3) / 4])).toBeLessThan(1e-14);
  });

  test("focal star equals the hand-worked value and gradient", () => {
    // z = log 3, 2 z = log 9: -log(9/10) / 2, slope -(1/10)
    expectWorked(run({ shift: 0 }, [LN3], [1]), Math.log(10 / 9) / 2, [-0.1]);
    // shifted by log 2: log 18
    expectWorked(run({ shift: LN2 }, [LN3], [1]), Math.log(19 / 18) / 2, [-1 / 19]);
  });

  test("a detached modulator is a weight of the cross-entropy's gradient", () => {
    expectWorked(run({ modulator: "detached" }, [LN3], [0]), (9 / 16) * LN4, [(9 / 16) * 0.75]);
    const pixel = runPixel({ modulator: "detached" }, 1);
    expectWorked(pixel, (9 / 16) * LN4, [(9 / 16) * 0.75, (-9 / 16) * 0.75]);
  });

  test("divided by its modulators it is the cross-entropy they weigh", () => {
    const sum = (1 / 16) * Math.log(4 / 3) + (9 / 16) * LN4;
    const got = run({ divisor: "modulator" }, [LN3, LN3], [1, 0]);
    expect(relativeError([got.value], [sum / (10 / 16)])).toBeLessThan(1e-14);
    const detached = run({ divisor: "modulator", modulator: "detached" }, [LN3, LN3], [1, 0]);
    expectWorked(detached, got.value, [((-1 / 16) * 0.25) / (10 / 16), ((9 / 16) * 0.75) / (10 / 16)]);
  });

  test("label smoothing moves the targets", () => {
    const smoothed = run({ labelSmoothing: 0.5, softTargets: "linear" }, [1, -2], [1, 0]);
    const moved = run({ softTargets: "linear" }, [1, -2], [0.75, 0.25]);
    expectWorked(smoothed, moved.value, [...moved.grad]);
  });

  test("what is ignored, or weighs nothing, is as if it were not there", () => {
    const x = [0.5, 7, -1.5];
    for (const options of [{ softTargets: "split" }, { divisor: "modulator" }] as FocalOptions[]) {
      const without = run(options, [0.5, -1.5], [1, 0.25]);
      const grad = [without.grad[0], 0, without.grad[1]];
      expectWorked(run({ ...options, ignoreIndex: 255 }, x, [1, 255, 0.25]), without.value, grad);
      const weighted = referenceValueAndGrad(
        focal({ ...options, ...(options.divisor === undefined && { divisor: "weights" }) }),
        { data: Float64Array.from(x), dims: [1, 1, 3] },
        { data: Float32Array.of(1, 0.5, 0.25), dims: [1, 1, 3] },
        { pixelWeights: { data: Float32Array.of(1, 0, 1), dims: [1, 3] } },
      );
      expectWorked(weighted, without.value, grad);
    }
  });

  test("a batch without a counted pixel follows its policy, divided by modulators too", () => {
    const ignoring = { ignoreIndex: 255, divisor: "modulator" } as const;
    expectWorked(run(ignoring, [1], [255]), 0, [0]);
    expect(run({ ...ignoring, allIgnored: "nan" }, [1], [255]).value).toBeNaN();
    expect(() => run({ ...ignoring, allIgnored: "throw" }, [1], [255])).toThrow("no pixel of the batch");
  });
});

describe("presets", () => {
  test.each<[FocalOptions, FocalOptions]>([
    [{ preset: "torchvision" }, { alpha: 0.25, alphaMode: "balanced", softTargets: "linear" }],
    [
      { preset: "monai", alpha: 0.7 },
      { alpha: 0.7, alphaMode: "balanced", softTargets: "logit" },
    ],
    [
      { preset: "smp", alpha: 0.7 },
      { alpha: 0.7, alphaMode: "balanced", softTargets: "exp" },
    ],
    [
      { preset: "kornia", alpha: 0.25 },
      { alpha: 0.25, alphaMode: "balanced", softTargets: "split" },
    ],
    [{ preset: "keras" }, { softTargets: "linear" }],
    [{ preset: "mmseg" }, { alpha: 0.5, alphaMode: "balanced", softTargets: "linear" }],
  ])("%o means %o", (preset, options) => {
    const [x, t] = [
      [0.3, -2, 1.5],
      [0.25, 1, 0],
    ];
    const expected = run(options, x, t);
    expectWorked(run(preset, x, t), expected.value, [...expected.grad]);
  });
});

describe("far from 0", () => {
  const far = [28, 700, 1e5, 1e9];

  test.each([0, 0.5, 1, 2])("with gamma %d value and gradient are finite up to logits of 1e9", (gamma) => {
    for (const x of far.flatMap((v) => [-v, v])) {
      for (const softTargets of ["exp", "linear", "split", "logit"] as const) {
        for (const divisor of ["valid", "modulator"] as const) {
          for (const t of [0, 0.5, 1]) expectFinite(run({ gamma, softTargets, divisor }, [x], [t]));
        }
      }
      for (const label of [0, 1]) {
        expectFinite(runPixel({ gamma }, label, [x, -x]));
        expectFinite(runPixel({ gamma, divisor: "modulator" }, label, [x, -x]));
      }
    }
  });

  test.each([0, 0.5, 1, 2])("with gamma %d they are finite at probabilities of 0 and 1", (gamma) => {
    for (const clamp of ["log", "probability", "inside"] as const) {
      for (const [p, t] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        expectFinite(run({ gamma, clamp, input: "probabilities" }, [p], [t]));
        expectFinite(runPixel({ gamma, clamp, input: "probabilities" }, t, [p, 1 - p]));
      }
    }
  });
});

describe("options that cannot be", () => {
  test.each<[string, FocalOptions]>([
    ["alpha must be numbers from 0 to 1", { alpha: 2, alphaMode: "balanced" }],
    ["alpha and alphaMode", { alpha: [0.5], alphaMode: "background" }],
    ["divisor and reduction", { divisor: "modulator", reduction: "sum" }],
    ["shift and input", { shift: 1, input: "probabilities" }],
    ["shift and gamma", { shift: 1, gamma: 0 }],
    ["shift and reducedThreshold", { shift: 1, reducedThreshold: 0.5 }],
    ["shift and modulator", { shift: 1, modulator: "detached" }],
    ["shift and divisor", { shift: 1, divisor: "modulator" }],
    ["classes must be different classes from 0 to 0", { classes: [3] }],
    ["gamma needs 1 numbers", { gamma: [1, 2] }],
  ])("%s", (message, options) => {
    expect(() => run(options, [0], [1])).toThrow(message);
  });

  test("focal star has no softmax", () => {
    expect(() => runPixel({ shift: 1 }, 0)).toThrow("shift and activation");
  });
});
