/** Every loss on the pool has the bits it has inline, for any number of threads. */
import {
  binaryCrossEntropy,
  crossEntropy,
  cutPieces,
  dice,
  focal,
  type Loss,
  type LossExtra,
  type LossValue,
  lovaszSoftmax,
  parseLoss,
  type Tensor,
  weightedSum,
} from "@pixelgrad/core";
import { lossCases, problemOf, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { LossPool } from "@pixelgrad/pool";
import { afterAll, describe, expect, test } from "vitest";
import { batchFor, bits, places } from "./problems.ts";

const pools = [1, 2, 3, 7].map((threads) => new LossPool({ threads, inlineLogits: 0 }));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

type Dims = readonly [number, number, ...number[]];

/** More than 3 pieces each, none of them a multiple of a vector: images of one piece, and images that are cut. */
const ONE_CHANNEL: Dims = [5, 1, 37, 41];
const ONE_CHANNEL_CUT: Dims = [2, 1, 521, 701];
const THREE_CHANNELS: Dims = [5, 3, 53];
const THREE_CHANNELS_CUT: Dims = [2, 3, 97, 1009];
const MANY_CHANNELS: Dims = [1, 21, 211, 307];
const VOLUME: Dims = [2, 4, 3, 101, 307];

const cases: (readonly [name: string, loss: Loss, dims: Dims])[] = [
  ...[binaryCrossEntropy(), focal(), dice()].map((loss) => [loss.id, loss, ONE_CHANNEL] as const),
  ...[crossEntropy(), binaryCrossEntropy(), focal(), dice(), lovaszSoftmax()].flatMap((loss) =>
    [THREE_CHANNELS, THREE_CHANNELS_CUT].map((dims) => [loss.id, loss, dims] as const),
  ),
  ["binary cross-entropy of large images", binaryCrossEntropy(), ONE_CHANNEL_CUT],
  ["dice of many classes", dice(), MANY_CHANNELS],
  ["cross-entropy of volumes", crossEntropy({ labelSmoothing: 0.1 }), VOLUME],
  [
    "a sum that shares a softmax",
    weightedSum([
      [1, crossEntropy({ ignoreIndex: 1 })],
      [0.5, dice()],
    ]),
    THREE_CHANNELS_CUT,
  ],
  [
    "a sum of sigmoid losses",
    weightedSum([
      [1, focal({ gamma: 1.5 })],
      [-0.25, dice()],
    ]),
    ONE_CHANNEL,
  ],
  ["dice of sigmoids", dice({ activation: "sigmoid", ignoreIndex: 0 }), THREE_CHANNELS_CUT],
  ["elements of cross-entropy", crossEntropy({ reduction: "none", ignoreIndex: 2 }), THREE_CHANNELS_CUT],
  ["elements of binary cross-entropy", binaryCrossEntropy({ reduction: "none" }), ONE_CHANNEL],
  ["elements of focal of several channels", focal({ reduction: "none" }), THREE_CHANNELS_CUT],
];

function expectSameBits(got: LossValue, inline: LossValue): void {
  expect([got.value, got.counted, got.terms]).toStrictEqual([inline.value, inline.counted, inline.terms]);
  expect(got.elements?.dims).toEqual(inline.elements?.dims);
  // Not element by element: an assertion on so many of them takes seconds.
  if (got.elements && inline.elements) expect(bits(got.elements).equals(bits(inline.elements))).toBe(true);
}

describe.each(cases)("%s, %#", (_name, loss, dims) => {
  const { logits, target } = batchFor(loss, dims);
  const inline = loss.valueAndGrad(logits, target);

  test(`is cut in more than 3 pieces at ${dims.join("×")}`, () => {
    const [images, classes, ...spatial] = dims;
    const pieces = cutPieces(
      images,
      classes,
      spatial.reduce((a, b) => a * b, 1),
    );
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.some(({ count }) => count % 64 !== 0)).toBe(true);
  });

  test.each(Object.entries(places))(
    "%s on 1, 2, 3 and 7 threads",
    async (_place, place) => {
      for (const pool of pools) {
        const placed = place(pool, logits, "float32");
        const result = await pool.valueAndGrad(loss, placed, place(pool, target, "uint8"));
        expectSameBits(result, inline);
        expect(result.grad.dims).toEqual(dims);
        expect(bits(result.grad).equals(bits(inline.grad)), `gradient on ${pool.threads} threads`).toBe(true);
        expect(bits(placed).equals(bits(logits)), "logits are left alone").toBe(true);
      }
    },
    60_000,
  );

  test.each(Object.entries(places))(
    "%s, gradient in the place of the logits",
    async (_place, place) => {
      for (const pool of pools) {
        const own = place(pool, { data: logits.data.slice(), dims }, "float32");
        const out = own.data as Float32Array;
        const { value, grad } = await pool.valueAndGrad(loss, own, place(pool, target, "uint8"), { out });
        expect(value).toBe(inline.value);
        expect(grad.data).toBe(out);
        expect(bits(grad).equals(bits(inline.grad)), `gradient on ${pool.threads} threads`).toBe(true);
      }
    },
    60_000,
  );

  test("value and evaluate", async () => {
    for (const pool of pools) {
      expect(await pool.value(loss, logits, target)).toBe(inline.value);
      expectSameBits(await pool.evaluate(loss, logits, target), inline);
    }
  }, 60_000);
});

describe("every case of every loss has the bits of the calling thread on 1, 2, 3 and 7 threads", () => {
  test.each(lossCases.map((lossCase) => [`${lossCase.loss} of ${lossCase.target}`, lossCase] as const))(
    "%s, %#",
    async (_name, lossCase) => {
      const { loss, logits, target, extra } = problemOf(lossCase, 7, "mild", { images: 5 });
      const inline = loss.valueAndGrad(logits, target, extra);
      for (const pool of pools) {
        const result = await pool.valueAndGrad(loss, logits, target, extra);
        expectSameBits(result, inline);
        expect(bits(result.grad).equals(bits(inline.grad)), `gradient on ${pool.threads} threads`).toBe(true);
      }
      expect(await pools[1]!.value(loss, logits, target, extra)).toBe(inline.value);
    },
  );
});

describe("extras and layouts on the pool", () => {
  const [images, classes, ...spatial] = THREE_CHANNELS;
  const labels = [images, ...spatial];
  const random = seededRandom(11);
  const pixelWeights = { data: uniformArray(random, images * 53).map(Math.abs), dims: labels };
  const classMask = { data: Uint8Array.of(1, 1, 0), dims: [classes] };
  const last = { logits: [images, ...spatial, classes], layout: "channels-last" } as const;
  const expressions = [
    "cross-entropy",
    "dice",
    "tversky(accumulate=image)",
    "lovasz-softmax",
    "top-k(percent=40)",
  ];

  test.each(
    expressions.flatMap((expression) =>
      Object.entries(places).map(([name, place]) => [expression, name, place] as const),
    ),
  )(
    "%s has the bits of the calling thread with weights, a class mask, and channels last: %s",
    async (expression, _name, place) => {
      const loss = parseLoss(expression);
      const { logits, target } = batchFor(dice(), THREE_CHANNELS);
      const open = { ...target, data: Uint8Array.from(target.data as Uint8Array, (label) => label % 2) };
      const calls: [Tensor, Tensor, LossExtra][] = [
        [logits, target, { pixelWeights }],
        [logits, open, { classMask }],
        [{ data: logits.data, dims: last.logits }, target, { layout: last.layout, pixelWeights }],
      ];
      for (const [logits, target, extra] of calls) {
        const inline = loss.valueAndGrad(logits, target, extra);
        for (const pool of pools) {
          const placed = extra.pixelWeights && { pixelWeights: place(pool, extra.pixelWeights, "float32") };
          const out = place(
            pool,
            { data: new Float32Array(logits.data.length), dims: logits.dims },
            "float32",
          );
          const result = await pool.valueAndGrad(
            loss,
            place(pool, logits, "float32"),
            place(pool, target, "uint8"),
            { ...extra, ...placed, out: out.data as Float32Array },
          );
          expectSameBits(result, inline);
          expect(bits(result.grad).equals(bits(inline.grad))).toBe(true);
        }
      }
    },
  );

  test("arrays may be tensors of another pool", async () => {
    const { logits, target } = batchFor(dice(), THREE_CHANNELS_CUT);
    const [owner, ...others] = pools;
    const placed = places["pool tensors"]!(owner!, logits, "float32");
    const inline = dice().valueAndGrad(logits, target);
    for (const pool of others) {
      const result = await pool.valueAndGrad(dice(), placed, target);
      expectSameBits(result, inline);
      expect(bits(result.grad).equals(bits(inline.grad))).toBe(true);
    }
  });

  test("arrays of one call may live in different places", async () => {
    const loss = parseLoss("cross-entropy + dice");
    const { logits, target } = batchFor(dice(), THREE_CHANNELS_CUT);
    const inline = loss.valueAndGrad(logits, target);
    const all = Object.values(places);
    for (const pool of pools) {
      for (const [i, place] of all.entries()) {
        const other = all[(i + 1) % all.length]!;
        const third = all[(i + 2) % all.length]!;
        const room = third(
          pool,
          { data: new Float32Array(logits.data.length), dims: logits.dims },
          "float32",
        );
        const result = await pool.valueAndGrad(
          loss,
          place(pool, logits, "float32"),
          other(pool, target, "uint8"),
          { out: room.data as Float32Array },
        );
        expectSameBits(result, inline);
        expect(bits(result.grad).equals(bits(inline.grad))).toBe(true);
      }
    }
  });
});

describe("deep supervision", () => {
  const loss = parseLoss("deep-supervision(loss=cross-entropy(ignoreIndex=1) + dice, weights=nnunet)");
  const { logits, target } = batchFor(dice(), [2, 3, 97, 203]);
  const half = batchFor(dice(), [2, 3, 48, 101], 2).logits;
  const quarter = batchFor(dice(), [2, 3, 24, 50], 3).logits;
  const levels = [logits, half, quarter];

  test.each(pools.map((pool) => [pool.threads, pool] as const))(
    "has the bits of the calling thread on %i threads, gradient of every level included",
    async (_, pool) => {
      const inline = loss.valueAndGrad(levels, target);
      const pooled = await pool.valueAndGrad(loss, levels, target);
      expect({ ...pooled, grad: pooled.grad.map(bits) }).toEqual({ ...inline, grad: inline.grad.map(bits) });
      expect(await pool.value(loss, levels, target)).toBe(inline.value);
    },
  );

  test("a list of logits is refused for any other loss", async () => {
    await expect(pools[0]!.value(dice(), levels, target)).rejects.toThrow("a list is for deep-supervision");
  });
});
