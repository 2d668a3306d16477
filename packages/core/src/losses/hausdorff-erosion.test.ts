import { describe, expect, test } from "vitest";
import { referenceValueAndGrad } from "../reference-value.ts";
import { elementCount } from "../tensor.ts";
import { centralDifferences } from "../testing/central-differences.ts";
import { relativeError } from "../testing/relative-error.ts";
import { shapesProblem } from "../testing/shapes-problem.ts";
import { hausdorffErosion } from "./hausdorff-erosion.ts";

test("one erosion equals the hand-worked value and gradient", () => {
  // g = 0, p^2 = 0.81, 1, 0.81, 0; means of three: e = 1.81/3 - 1/2, 2.62/3 - 1/2, 1.81/3 - 1/2, cut
  // b = e / e_1 (least 0): F = (1 + 2 e_0 / e_1) / 4
  // dF/de_0 = dF/de_2 = a = 1 / (4 e_1), dF/de_1 = b = -2 e_0 / (4 e_1^2); dF/dp = 2 p ((a + b) / 3, (2 a + b) / 3, (a + b) / 3)
  const p = [0.9, 1, 0.9, 0];
  const e0 = 1.81 / 3 - 0.5;
  const e1 = 2.62 / 3 - 0.5;
  const a = 1 / (4 * e1);
  const b = (-2 * e0) / (4 * e1 ** 2);
  const loss = hausdorffErosion({ erosions: 1, input: "probabilities" });
  const { value, grad } = referenceValueAndGrad(
    loss,
    { data: Float64Array.from(p), dims: [1, 1, 4] },
    { data: new Uint8Array(4), dims: [1, 1, 4] },
  );
  expect(relativeError([value], [(1 + (2 * e0) / e1) / 4])).toBeLessThan(1e-13);
  const expected = [(2 * 0.9 * (a + b)) / 3, (2 * (2 * a + b)) / 3, (2 * 0.9 * (a + b)) / 3, 0];
  expect(relativeError(grad, expected)).toBeLessThan(1e-13);
});

test("is 0 with gradient 0 for errors that are thin or small, also beside an image that has some", () => {
  const data = Float32Array.of(9, -9, -9, -9, 9, 9, 9, -9);
  const { value, grad } = hausdorffErosion({ erosions: 2 }).valueAndGrad(
    { data, dims: [2, 1, 4] },
    { data: new Uint8Array(8), dims: [2, 1, 4] },
  );
  expect(value).toBeGreaterThan(0);
  expect(grad.data.every(Number.isFinite)).toBe(true);
  expect(Array.from(grad.data.slice(0, 4))).toEqual([0, 0, 0, 0]);
});

/** The equation as it stands, pixel by pixel. */
function bruteForce(
  p: ArrayLike<number>,
  g: ArrayLike<number>,
  spatial: readonly number[],
  erosions: number,
  alpha: number,
): number {
  const pixels = elementCount(spatial);
  let b = Array.from({ length: pixels }, (_, i) => (p[i] - g[i]) ** 2);
  let sum = 0;
  for (let k = 1; k <= erosions; k++) {
    const e = b.map((own, i) => {
      let total = own;
      let stride = pixels;
      for (const length of spatial) {
        stride /= length;
        const at = Math.floor(i / stride) % length;
        if (at > 0) total += b[i - stride];
        if (at < length - 1) total += b[i + stride];
      }
      return Math.max(0, total / (2 * spatial.length + 1) - 0.5);
    });
    const [low, high] = [Math.min(...e), Math.max(...e)];
    b = high > low ? e.map((v) => (v - low) / (high - low)) : e;
    sum += b.reduce((total, v) => total + v, 0) * k ** alpha;
  }
  return sum / pixels;
}

test.each([[[9]], [[8, 7]], [[6, 5, 7]]])("the value is the brute force on %j within 1e-12", (spatial) => {
  for (let seed = 0; seed < 6; seed++) {
    const { logits, target } = shapesProblem(seed, [1, 1, ...spatial]);
    const p = logits.data.map((x) => 1 / (1 + Math.exp(-x)));
    const got = hausdorffErosion({ input: "probabilities", erosions: 4, alpha: 1.5 }).value(
      { data: p, dims: logits.dims },
      target,
    );
    const expected = bruteForce(p, target.data, spatial, 4, 1.5);
    expect(relativeError([got], [expected])).toBeLessThan(1e-12);
  }
});

describe("Hausdorff loss by erosions: the gradient is within 1e-6 of central differences", () => {
  test.each<[string, readonly [number, number, ...number[]], number]>([
    ["2-D, softmax", [1, 3, 8, 7], 0],
    ["3-D, sigmoid", [1, 1, 6, 7, 5], 0],
    ["2-D, ignoring", [1, 2, 9, 9], 0.05],
  ])("%s", (_, dims, ignored) => {
    const { logits, target } = shapesProblem(3, dims, { margin: 2, ignored });
    const loss = hausdorffErosion({ ignoreIndex: 255, erosions: 4 });
    const { grad, value } = referenceValueAndGrad(loss, logits, target);
    expect(value).toBeGreaterThan(0);
    expect(relativeError(grad, centralDifferences(loss, { logits, target }).grad)).toBeLessThan(1e-6);
  });
});

test("an ignored frame is as the edge of the image", () => {
  const { logits, target } = shapesProblem(7, [1, 1, 6, 6]);
  const frame = (i: number) => i < 8 || i >= 56 || i % 8 === 0 || i % 8 === 7;
  const inner = (i: number) => (Math.floor(i / 8) - 1) * 6 + (i % 8) - 1;
  const data = Float32Array.from({ length: 64 }, (_, i) => (frame(i) ? 50 : logits.data[inner(i)]));
  const labels = Uint8Array.from({ length: 64 }, (_, i) => (frame(i) ? 255 : target.data[inner(i)]));
  const loss = hausdorffErosion({ ignoreIndex: 255 });
  const framed = loss.valueAndGrad({ data, dims: [1, 1, 8, 8] }, { data: labels, dims: [1, 1, 8, 8] });
  const plain = loss.valueAndGrad(logits, target);
  expect(plain.value).toBeGreaterThan(0);
  expect(relativeError([framed.value], [plain.value])).toBeLessThan(1e-14);
  expect(
    relativeError(
      framed.grad.data.filter((_, i) => !frame(i)),
      plain.grad.data,
    ),
  ).toBeLessThan(1e-6);
});
