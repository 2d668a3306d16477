/** The memory of a pool: what happens when it is full, at its far end, and from call to call. */
import { isPixelgradError, type Loss, lovaszHinge, parseLoss, type Tensor } from "@pixelgrad/core";
import { LossPool } from "@pixelgrad/pool";
import { describe, expect, test } from "vitest";
import { batchFor, bits, places } from "./problems.ts";

const GIB = 2 ** 30;

/** Takes all that tensors may take, but for `left` bytes. */
function fill(pool: LossPool, left: number): void {
  for (;;) {
    try {
      pool.tensor([GIB], "uint8");
    } catch (error) {
      if (!isPixelgradError(error, "MEMORY_EXHAUSTED")) throw error;
      pool.tensor([error.context.left - left], "uint8");
      return;
    }
  }
}

const DIMS = [2, 3, 97, 1009] as const;
const loss = parseLoss("cross-entropy + dice + lovasz-softmax");
const { logits, target } = batchFor(loss, DIMS);
const inline = loss.valueAndGrad(logits, target);

async function expectInlineBits(pool: LossPool, place: (typeof places)[string]): Promise<void> {
  const [placed, labels] = [place(pool, logits, "float32"), place(pool, target, "uint8")];
  const out = place(pool, { data: logits.data.slice(), dims: DIMS }, "float32").data as Float32Array;
  const { value, grad } = await pool.valueAndGrad(loss, placed, labels, { out });
  expect(value).toBe(inline.value);
  expect(bits(grad).equals(bits(inline.grad))).toBe(true);
}

describe("a pool whose tensors take all they may", () => {
  test("refuses another in one sentence, takes nothing for it, and has a smaller one", async () => {
    await using pool = new LossPool({ threads: 2 });
    fill(pool, 65_536);
    expect(() => pool.tensor([1, 2, 65_536], "float32")).toThrow(
      expect.objectContaining({
        code: "MEMORY_EXHAUSTED",
        context: { asked: 524_288, left: 65_472 },
        message:
          "A float32 tensor of 1×2×65536 needs 524288 bytes of the pool's memory, which has 65472 left for tensors: use " +
          "an ordinary array, or one over a SharedArrayBuffer, which calls stream through it piece by piece.",
      }),
    );
    const last = pool.tensor([65_472], "uint8");
    expect(last.data.every((byte) => byte === 0)).toBe(true);
    expect(() => pool.tensor([0], "uint8")).toThrow("which has 0 left for tensors");
  });

  test("refuses dims that are none, and more elements than there are addresses", async () => {
    await using pool = new LossPool({ threads: 1 });
    for (const dims of [[-8], [0.5], [Number.NaN, 2]]) {
      expect(() => pool.tensor(dims, "uint8")).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
    }
    for (const size of [2 ** 32, 2 ** 52, 1e300]) {
      expect(() => pool.tensor([size], "int64")).toThrow(
        expect.objectContaining({ code: "MEMORY_EXHAUSTED" }),
      );
    }
    expect(pool.tensor([3], "uint8").data).toHaveLength(3);
  });

  test.each(["ordinary arrays", "shared arrays"])(
    "goes on with %s: the same bits on 1 and 3 threads",
    async (name) => {
      for (const threads of [1, 3]) {
        await using pool = new LossPool({ threads, inlineLogits: 0 });
        fill(pool, 0);
        await expectInlineBits(pool, places[name]!);
      }
    },
  );

  test("uses tensors at the far end of its 4 GiB: the same bits on 1 and 3 threads", async () => {
    for (const threads of [1, 3]) {
      await using pool = new LossPool({ threads, inlineLogits: 0 });
      fill(pool, 8 * 2 ** 20);
      await expectInlineBits(pool, places["pool tensors"]!);
    }
  });
});

describe("calls of one size", () => {
  const dims = [24, 1, 256, 256] as const;

  /** Bytes of all buffers after so many calls, which are more than threads give back by themselves. */
  async function grown(
    loss: Loss,
    calls: number,
    batch: { logits: Tensor; target: Tensor },
  ): Promise<number> {
    await using pool = new LossPool({ threads: 2, inlineLogits: 0 });
    await pool.value(loss, batch.logits, batch.target);
    const { arrayBuffers: before } = process.memoryUsage();
    for (let i = 0; i < calls; i++) await pool.value(loss, batch.logits, batch.target);
    return process.memoryUsage().arrayBuffers - before;
  }

  test("reuse the targets of their units: 8 calls keep less than the units of one", async () => {
    const ranked = lovaszHinge({ accumulate: "image" });
    const unitsOfOneCall = 24 * 256 * 256 * 8;
    expect(await grown(ranked, 8, batchFor(ranked, dims))).toBeLessThan(unitsOfOneCall);
  });
});
