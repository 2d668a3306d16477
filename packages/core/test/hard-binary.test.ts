/** Binary cross-entropy and focal loss of bytes that are 0 or 1, whose kernels are their own. */
import {
  binaryCrossEntropy,
  dice,
  focal,
  inlineEngine,
  type Loss,
  type Tensor,
  weightedSum,
} from "@pixelgrad/core";
import { tempers } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { expectParity, type ParityBounds } from "./parity-bounds.ts";
import { denseProblem } from "./problems.ts";

const LOSSES: readonly (ParityBounds & { readonly name: string; readonly loss: Loss })[] = [
  { name: "BCE", loss: binaryCrossEntropy() },
  { name: "BCE sum", loss: binaryCrossEntropy({ reduction: "sum" }) },
  { name: "focal gamma 2", loss: focal() },
  { name: "focal alpha 0.25, sum", loss: focal({ alpha: 0.25, reduction: "sum" }) },
  {
    name: "Dice + 2 BCE + focal",
    loss: weightedSum([
      [1, dice({ activation: "sigmoid" })],
      [2, binaryCrossEntropy()],
      [1, focal()],
    ]),
    naturalScale: 1,
  },
];

const CLASSES = [1, 3];

function bytes({ data, dims }: Tensor): Tensor {
  return { data: Uint8Array.from(data as Float32Array), dims };
}

function byteProblem(seed: number, dims: readonly number[], temper: (typeof tempers)[number]) {
  const { logits, target } = denseProblem(seed, dims, temper);
  return { logits, target: bytes(target) };
}

/** The same logits in the engine's own memory, where a gradient may take their place. */
function heldByEngine({ data, dims }: Tensor<Float32Array>) {
  const { arena } = inlineEngine();
  const held = arena.floats(arena.allocate(4 * data.length), data.length);
  held.set(data);
  return { held, logits: { data: held, dims } };
}

describe.each(LOSSES)("$name of bytes is within 1e-6 in value and 2e-6 in gradient of float64", (family) => {
  test.each(tempers)("on %s logits of 16, 48, 128, 1360 and 4112 pixels", (temper) => {
    for (const classes of CLASSES) {
      for (const pixels of [16, 48, 128, 1360, 4112]) {
        const dims = [2, classes, pixels];
        expectParity(family.loss, byteProblem(pixels, dims, temper), `${temper} ${dims.join("x")}`, family);
      }
    }
  });

  test("where a logit is 0, and where it is as large as float32 goes", () => {
    const { logits, target } = byteProblem(5, [1, 1, 4096], "right");
    expectParity(family.loss, { logits: { ...logits, data: logits.data.map(() => 0) }, target }, "0", family);
    const far = { ...logits, data: logits.data.map((x) => Math.sign(x) * 3e38) };
    const { value, grad } = family.loss.valueAndGrad(far, target);
    expect(value).toBeLessThan(1e-6);
    expect(grad.data.every((g) => Math.abs(g) < 1e-6)).toBe(true);
  });

  test("the gradient in the place of the logits is the same", () => {
    const { logits, target } = byteProblem(6, [1, 1, 4112], "mild");
    const { held, logits: inPlace } = heldByEngine(logits);
    const expected = family.loss.valueAndGrad(logits, target);
    const got = family.loss.valueAndGrad(inPlace, target, { out: held });
    expect(got.value).toBe(expected.value);
    expect([...held]).toEqual([...expected.grad.data]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "a logit of %d is named",
    (x) => {
      for (const pixel of [0, 129, 4111]) {
        const { logits, target } = byteProblem(7, [1, 3, 4112], "mild");
        logits.data[2 * 4112 + pixel] = x;
        expect(() => family.loss.valueAndGrad(logits, target)).toThrow(
          expect.objectContaining({ code: "VALUE_NOT_FINITE" }),
        );
        expect(() => family.loss.value(logits, target)).toThrow(String(x));
        const { held, logits: inPlace } = heldByEngine(logits);
        expect(() => family.loss.valueAndGrad(inPlace, target, { out: held })).toThrow(String(x));
      }
    },
  );

  test("a byte of 2 or 255 is named", () => {
    for (const byte of [2, 255]) {
      const { logits, target } = byteProblem(8, [1, 3, 4112], "mild");
      target.data[4112 + 4100] = byte;
      expect(() => family.loss.valueAndGrad(logits, target)).toThrow(String(byte));
    }
  });
});
