/** Labels of one byte, which a kernel of their own reads, against the same labels of four. */
import { crossEntropy } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";

type Options = Parameters<typeof crossEntropy>[0];

function problem(classes: number, pixels: number, others: readonly number[]) {
  const random = seededRandom(classes + pixels);
  const logits = {
    data: Float32Array.from({ length: classes * pixels }, () => 8 * random() - 4),
    dims: [1, classes, pixels],
  };
  const labels = Array.from({ length: pixels }, () =>
    others.length > 0 && random() < 0.3
      ? others[Math.floor(random() * others.length)]
      : Math.floor(random() * Math.min(classes, 256)),
  );
  const bytes = { data: Uint8Array.from(labels), dims: [1, pixels] };
  return { logits, bytes, words: { data: Int32Array.from(labels), dims: [1, pixels] } };
}

describe.each<[string, Options, number, readonly number[]]>([
  ["nothing ignored", {}, 21, []],
  ["255 ignored", { ignoreIndex: 255 }, 21, [255]],
  ["a class and two others ignored", { ignoreIndex: [3, 200, 255] }, 21, [200, 255]],
  ["what no byte holds ignored", { ignoreIndex: [-1, 300] }, 21, []],
  ["any other ignored", { outOfRange: "ignore" }, 21, [21, 128, 255]],
  ["256 classes", {}, 256, []],
  ["300 classes, 255 ignored", { ignoreIndex: 255 }, 300, []],
])("%s", (_, options, classes, others) => {
  test.each([1, 15, 16, 17, 300])("%d bytes give the bits that integers give", (pixels) => {
    const { logits, bytes, words } = problem(classes, pixels, others);
    const loss = crossEntropy(options);
    const [ofBytes, ofWords] = [bytes, words].map((target) => loss.valueAndGrad(logits, target));
    expect(ofBytes.value).toBe(ofWords.value);
    expect(ofBytes.counted).toBe(ofWords.counted);
    expect(ofBytes.grad.data).toEqual(ofWords.grad.data);
  });
});

test.each([0, 15, 16, 299])("a byte that is no class is named where it is, pixel %d", (at) => {
  const { logits, bytes } = problem(21, 300, []);
  bytes.data[at] = 77;
  expect(() => crossEntropy().value(logits, bytes)).toThrow(/77/);
  expect(() => crossEntropy().value(logits, bytes)).toThrow(new RegExp(`${at}`));
});
