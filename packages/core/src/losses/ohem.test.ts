import { describe, expect, test } from "vitest";
import type { LossExtra } from "../loss.ts";
import { referenceValueAndGrad } from "../reference-value.ts";
import { relativeError } from "../testing/relative-error.ts";
import { type OhemOptions, ohem } from "./ohem.ts";

/** Probabilities of the label, all labels 0, as logits of two channels `[1, 2, P]`, the second 0. */
function run(options: OhemOptions, p: readonly number[], extra: LossExtra = {}, labels = p.map(() => 0)) {
  const data = Float64Array.from([...p.map((q) => Math.log(q / (1 - q))), ...p.map(() => 0)]);
  return referenceValueAndGrad(
    ohem(options),
    { data, dims: [1, 2, p.length] },
    { data: Uint8Array.from(labels), dims: [1, p.length] },
    extra,
  );
}

/** The mean of -log p over what is kept, whose gradient on the first channel is (p - 1) / number. */
function expectKept(result: ReturnType<typeof run>, p: readonly number[], kept: readonly number[]): void {
  const value = kept.reduce((sum, i) => sum - Math.log(p[i]), 0) / kept.length;
  const grad = p.map((q, i) => (kept.includes(i) ? (q - 1) / kept.length : 0));
  expect(relativeError([result.value], [value])).toBeLessThan(1e-14);
  expect(relativeError(result.grad, [...grad, ...grad.map((g) => -g)])).toBeLessThan(1e-13);
}

const P = [0.9, 0.2, 0.6, 0.95, 0.5];

describe("OHEM, variant mmseg", () => {
  test("keeps p_y below the threshold where those are more than minKept", () => {
    expectKept(run({ threshold: 0.7, minKept: 2 }, P), P, [1, 2, 4]);
  });

  test("raises the threshold to the pixel behind the first minKept, strictly", () => {
    expectKept(run({ threshold: 0.3, minKept: 2 }, P), P, [1, 4]);
    expectKept(run({ threshold: 0.3, minKept: 4 }, P), P, [0, 1, 2, 4]);
  });

  test("without more pixels than minKept keeps all but the easiest, or all that are below the threshold", () => {
    expectKept(run({}, P), P, [0, 1, 2, 4]);
    expectKept(run({ threshold: 0.99 }, P), P, [0, 1, 2, 3, 4]);
  });

  test("is 0, not NaN, where nothing is kept", () => {
    const { value, grad } = run({ threshold: 0.5, minKept: 0 }, [0.8, 0.8]);
    expect(value).toBe(0);
    expect(grad.every((g) => g === 0)).toBe(true);
  });

  test("ranks by the probability alone and weighs afterwards", () => {
    const pixelWeights = { data: Float32Array.of(9, 1, 2, 9, 0), dims: [1, 5] };
    const { value } = run({ threshold: 0.7, minKept: 2, classWeights: [3, 1] }, P, { pixelWeights });
    expect(relativeError([value], [(-3 * Math.log(0.2) - 6 * Math.log(0.6)) / 3])).toBeLessThan(1e-14);
  });
});

describe("OHEM, variant stdc", () => {
  test("keeps losses above -log threshold, or the minKept largest where those are more", () => {
    expectKept(run({ variant: "stdc", threshold: 0.7, minKept: 2 }, P), P, [1, 2, 4]);
    expectKept(run({ variant: "stdc", threshold: 0.3, minKept: 2 }, P), P, [1, 4]);
    expectKept(run({ variant: "stdc", threshold: 0.3, minKept: 9 }, P), P, [0, 1, 2, 3, 4]);
  });

  test("keeps a sixteenth by default, as BiSeNet", () => {
    const p = Array.from({ length: 40 }, (_, i) => 0.8 + i / 1000);
    expectKept(run({ variant: "stdc", threshold: 0.5 }, p), p, [0, 1]);
  });

  test("ranks by the weighted loss", () => {
    const pixelWeights = { data: Float32Array.of(40, 1, 1, 1, 1), dims: [1, 5] };
    const { value } = run({ variant: "stdc", threshold: 0.01, minKept: 1 }, P, { pixelWeights });
    expect(relativeError([value], [-40 * Math.log(0.9)])).toBeLessThan(1e-13);
  });
});

describe("OHEM, variant paddle", () => {
  test("keeps what is below the threshold or below the last of the first minKept, strictly", () => {
    expectKept(run({ variant: "paddle", threshold: 0.7, minKept: 2 }, P), P, [1, 2, 4]);
    expectKept(run({ variant: "paddle", threshold: 0.3, minKept: 2 }, P), P, [1]);
    expectKept(run({ variant: "paddle", threshold: 0.3, minKept: 4 }, P), P, [1, 2, 4]);
  });

  test("keeps all where there are no more than minKept, and with minKept 0", () => {
    expectKept(run({ variant: "paddle", threshold: 0.3, minKept: 5 }, P), P, [0, 1, 2, 3, 4]);
    expectKept(run({ variant: "paddle", threshold: 0.3, minKept: 0 }, P), P, [0, 1, 2, 3, 4]);
  });
});

test.each(["mmseg", "stdc", "paddle"] as const)(
  "%s: ignored pixels are as if dropped, allIgnored is followed",
  (variant) => {
    const options = { variant, threshold: 0.3, minKept: 2, ignoreIndex: 9 } as const;
    const dropped = run(options, P);
    const ignored = run(options, [0.01, ...P, 0.01], {}, [9, 0, 0, 0, 0, 0, 9]);
    expect(ignored.value).toBe(dropped.value);
    expect(run(options, [0.5], {}, [9]).value).toBe(0);
    expect(run({ ...options, allIgnored: "nan" }, [0.5], {}, [9]).value).toBeNaN();
  },
);

test("scope image is the mean over images", () => {
  const logit = (q: number) => Math.log(q / (1 - q));
  const data = Float64Array.from([logit(0.2), logit(0.9), 0, 0, logit(0.6), logit(0.4), 0, 0]);
  const { value } = referenceValueAndGrad(
    ohem({ accumulate: "image", threshold: 0.3, minKept: 1 }),
    { data, dims: [2, 2, 2] },
    { data: new Uint8Array(4), dims: [2, 2] },
  );
  expect(relativeError([value], [(-Math.log(0.2) - Math.log(0.4)) / 2])).toBeLessThan(1e-14);
});

test("dense targets are refused", () => {
  const dims = [1, 2, 1];
  expect(() =>
    ohem().value({ data: new Float32Array(2), dims }, { data: new Float32Array(2), dims }),
  ).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
});
