/**
 * Arrays larger than the memory that kernels and threads share. Nearly all of their pages are never written, and take no
 * memory.
 */
import { freemem } from "node:os";
import { binaryCrossEntropy, parseLoss, type Tensor, tensor } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { LossPool } from "@pixelgrad/pool";
import { afterAll, describe, expect, test } from "vitest";
import { batchFor, bits } from "./problems.ts";

const GIB = 2 ** 30;

const pools = [1, 2, 3].map((threads) => new LossPool({ threads, inlineLogits: 0 }));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

const buffers: Readonly<Record<string, (bytes: number) => ArrayBufferLike>> = {
  "an ordinary buffer": (bytes) => new ArrayBuffer(bytes),
  "a shared buffer": (bytes) => new SharedArrayBuffer(bytes),
};

describe.skipIf(freemem() < 6 * GIB)("of 6 GiB of free memory:", () => {
  test("logits of more than 2^32 bytes have the value of the few numbers in them", async () => {
    const dims = [1, 1, 2 ** 30 + 77_777];
    const length = dims[2]!;
    const logits = new Float32Array(new SharedArrayBuffer(length * 4));
    const targets = new Uint8Array(new SharedArrayBuffer(length));
    // Past 2^32 bytes, and where offsets of 32 bits, or of 31, would look for them.
    const known = [5, 77_776, 2 ** 29 - 1, 2 ** 29 + 5, 2 ** 30 - 1, 2 ** 30, 2 ** 30 + 5, length - 1];
    const random = seededRandom(1);
    let expected = length * Math.LN2;
    for (const [i, at] of known.entries()) {
      logits[at] = 4 + 4 * random();
      targets[at] = i % 2;
      expected += Math.log1p(Math.exp(logits[at]!)) - targets[at]! * logits[at]! - Math.LN2;
    }
    const loss = binaryCrossEntropy({ reduction: "sum" });
    const value = await pools[1]!.value(loss, tensor(logits, dims), tensor(targets, dims));
    expect(Math.abs(value - expected)).toBeLessThan(0.1);
  }, 60_000);

  describe.each(Object.entries(buffers))("past 4 GiB of %s", (_name, make) => {
    const dims = [2, 3, 97, 1009] as const;
    const loss = parseLoss("cross-entropy + dice + lovasz-softmax");
    const { logits, target } = batchFor(loss, dims);
    const weights = tensor(uniformArray(seededRandom(2), target.data.length, 1), target.dims);
    weights.data.forEach((weight, i) => {
      weights.data[i] = Math.abs(weight);
    });
    const inline = loss.valueAndGrad(logits, target, { pixelWeights: weights });
    const buffer = make(4 * GIB + 2 ** 25);
    let end = 4 * GIB + 64;

    /** A copy of a tensor behind those that are there. */
    function placed<A extends Float32Array | Uint8Array>({ data, dims }: Tensor<A>): Tensor<A> {
      const Type = data.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => A;
      const copy = new Type(buffer, end, data.length);
      copy.set(data);
      end += Math.ceil(data.byteLength / 64) * 64;
      return { data: copy, dims };
    }

    test("a loss reads its arrays and writes its gradient, with the same bits inline and on 1, 2 and 3 threads", async () => {
      const there = placed(logits);
      const out = placed(logits).data;
      const extra = { pixelWeights: placed(weights), out };
      const labels = placed(target as Tensor<Uint8Array>);
      expect(loss.valueAndGrad(there, labels, extra).value).toBe(inline.value);
      expect(bits({ data: out, dims }).equals(bits(inline.grad))).toBe(true);
      for (const pool of pools) {
        out.fill(0);
        const { value, grad } = await pool.valueAndGrad(loss, there, labels, extra);
        expect(value).toBe(inline.value);
        expect(bits(grad).equals(bits(inline.grad)), `gradient on ${pool.threads} threads`).toBe(true);
      }
    }, 60_000);
  });
});
