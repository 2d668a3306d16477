/** What holds for every loss of every case: exact gradients, float32 close to float64, the same bits however it is asked. */
import type { Tensor } from "@pixelgrad/core";
import { type LossProblem, problemOf, relativeError, tellingProblem, tempers } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { channelsLast, isDense } from "./derived-losses.ts";
import { namedCases } from "./named-cases.ts";
import { expectParity, naturalScale } from "./parity-bounds.ts";

function bitsOf({ data }: Tensor<Float32Array>): string {
  return Buffer.from(data.slice().buffer).toString("base64");
}

/** Value and bits of the gradient of a problem. */
function answer({ loss, logits, target, extra }: LossProblem): { value: number; bits: string } {
  const { value, grad } = loss.valueAndGrad(logits, target, extra);
  return { value, bits: bitsOf(grad) };
}

describe.each(namedCases)("%s", (_, lossCase) => {
  const bound = lossCase.bound?.relative ?? 1e-6;
  test(`has a gradient within ${bound} of central differences`, () => {
    const { reference, differences } = tellingProblem(lossCase, 1);
    expect(relativeError(reference.grad, differences)).toBeLessThanOrEqual(bound);
  });

  test("in float32 is within 1e-6 in value and 2e-6 in gradient of float64, mild, confident and right", () => {
    for (const temper of tempers) {
      const problem = problemOf(lossCase, 2, temper);
      expectParity(problem.loss, problem, temper, { naturalScale: naturalScale(problem.loss) });
    }
  });

  test("gives the same bits with channels last, and in the place of the logits", () => {
    const problem = problemOf(lossCase, 3);
    const { loss, logits, target, extra } = problem;
    const { value, grad } = loss.valueAndGrad(logits, target, extra);
    const { teacher, distanceMaps } = extra;
    const moved = loss.valueAndGrad(channelsLast(logits), isDense(problem) ? channelsLast(target) : target, {
      layout: "channels-last",
      ...(teacher && { teacher: channelsLast(teacher) }),
      ...(distanceMaps && { distanceMaps: channelsLast(distanceMaps) }),
    });
    expect(moved.value).toBe(value);
    expect(bitsOf(moved.grad) === bitsOf(channelsLast(grad)), "gradient, channels last").toBe(true);

    const own = { data: logits.data.slice(), dims: logits.dims };
    const inPlace = loss.valueAndGrad(own, target, { ...extra, out: own.data });
    expect(inPlace.value).toBe(value);
    expect(inPlace.grad.data).toBe(own.data);
    expect(bitsOf(own) === bitsOf(grad), "gradient, in place").toBe(true);
  });

  if (lossCase.target === "labels")
    test("gives the same bits for labels of any type that holds them", () => {
      const problem = problemOf(lossCase, 4);
      const { data, dims } = problem.target as Tensor<Int32Array>;
      const expected = answer(problem);
      const fitting = [
        ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Uint32Array].map((type) =>
          type.from(data),
        ),
        Float32Array.from(data),
        Float64Array.from(data),
      ].filter((labels) => labels.every((label, i) => label === data[i]));
      const wide = Array.from(data, BigInt);
      const types = [
        ...fitting,
        BigInt64Array.from(wide),
        ...(data.every((label) => label >= 0) ? [BigUint64Array.from(wide)] : []),
      ];
      for (const labels of types) {
        expect(answer({ ...problem, target: { data: labels, dims } }), labels.constructor.name).toEqual(
          expected,
        );
      }
    });
});
