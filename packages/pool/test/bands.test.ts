/** One image whose units are cut in bands: the bits of the calling thread, and every way out. */
import { boundary, dice, type LossExtra, parseLoss, tensor } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import { LossPool } from "@pixelgrad/pool";
import { afterAll, describe, expect, test } from "vitest";
import { batchFor, bits } from "./problems.ts";

const pools = [1, 2, 3].map((threads) => new LossPool({ threads }));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

const expressions = [
  "boundary",
  "boundary(spacing=[0.7,2])",
  "hausdorff-dt",
  "hausdorff-dt(alpha=1.3, transform=log)",
  "hausdorff-erosion(classes=foreground)",
  "cl-dice",
  "dice-cl-dice(iterations=5)",
  "dice + 0.5 * boundary + lovasz-hinge",
];

/** Large enough to be cut, and no multiple of a band. */
const IMAGE = [1, 1, 331, 207] as const;
const TWO_CLASSES = [1, 2, 283, 241] as const;
const VOLUME = [1, 1, 37, 43, 47] as const;

async function expectSameBits(expression: string, dims: typeof IMAGE | typeof TWO_CLASSES | typeof VOLUME) {
  const loss = parseLoss(expression);
  const { logits, target } = batchFor(loss, dims);
  const [, , ...spatial] = dims;
  const random = seededRandom(3);
  const pixels = spatial.reduce((a, b) => a * b, 1);
  const pixelWeights = tensor(
    Float32Array.from({ length: pixels }, () => (random() < 0.01 ? 0 : random())),
    [1, ...spatial],
  );
  for (const extra of [{}, { pixelWeights }] satisfies LossExtra[]) {
    const inline = loss.valueAndGrad(logits, target, extra);
    for (const pool of pools) {
      const { value, grad } = await pool.valueAndGrad(loss, logits, target, extra);
      expect(value).toBe(inline.value);
      expect(bits(grad).equals(bits(inline.grad)), `gradient on ${pool.threads} threads`).toBe(true);
      expect(await pool.value(loss, logits, target, extra)).toBe(inline.value);
    }
  }
}

describe("one image has the bits of the calling thread on 1, 2 and 3 threads", () => {
  test.each(expressions)("%s", (expression) => expectSameBits(expression, IMAGE), 60_000);

  test.each(["boundary", "hausdorff-dt", "hausdorff-erosion(classes=foreground)", "cl-dice"])(
    "%s of a softmax, whose background has nothing to do",
    (expression) => expectSameBits(expression, TWO_CLASSES),
    60_000,
  );

  test.each(["boundary(spacing=[3,1,0.5])", "hausdorff-dt", "hausdorff-erosion(erosions=3)", "cl-dice"])(
    "%s of a volume",
    (expression) => expectSameBits(expression, VOLUME),
    60_000,
  );
});

describe("every way out", () => {
  const pool = pools[2]!;
  const { logits, target } = batchFor(boundary(), IMAGE);
  const expectUsable = async () => {
    const loss = parseLoss("cl-dice");
    expect(await pool.value(loss, logits, target)).toBe(loss.value(logits, target));
    expect(await pool.value(dice(), logits, target)).toBe(dice().value(logits, target));
  };

  test("an error that all threads meet arrives with its code, and the pool is usable after", async () => {
    const call = pool.value(boundary({ spacing: [1, 2, 3] }), logits, target);
    await expect(call).rejects.toMatchObject({ code: "OPTION_INVALID", context: { option: "spacing" } });
    await expectUsable();
  });

  test("an abort amid bands throws CANCELLED, and the pool is usable after", async () => {
    const large = batchFor(boundary(), [1, 1, 1024, 1024]);
    for (const milliseconds of [5, 30, 60]) {
      const signal = AbortSignal.timeout(milliseconds);
      const call = pool.valueAndGrad(parseLoss("cl-dice(iterations=20)"), large.logits, large.target, {
        signal,
      });
      await expect(call).rejects.toMatchObject({ code: "CANCELLED", context: { done: expect.any(Number) } });
      await expectUsable();
    }
  }, 60_000);
});
