/** The committed gradient vectors are what the cases give, and what float32 gives. */
import { readdirSync, readFileSync } from "node:fs";
import { type LossExtra, parseLoss, type Tensor } from "@pixelgrad/core";
import {
  caseFamilies,
  type GradientVector,
  gradientVectors,
  relativeError,
  type TensorVector,
  type VectorFile,
  vectorFileText,
} from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { naturalScale } from "./parity-bounds.ts";

const folder = new URL("../vectors/", import.meta.url);
const families = Object.keys(caseFamilies).filter((family) => caseFamilies[family].length > 0);
const textOf = (family: string): string => readFileSync(new URL(`${family}.json`, folder), "utf8");
const committed = (family: string) => JSON.parse(textOf(family)) as VectorFile;

function floats({ data, dims }: TensorVector): Tensor<Float32Array> {
  return { data: Float32Array.from(data), dims };
}

function extraOf({ extra = {} }: GradientVector): LossExtra {
  return Object.fromEntries(Object.entries(extra).map(([name, tensor]) => [name, floats(tensor)]));
}

test("the vectors are a file per family, less than 1 MB in all", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  expect(files.sort()).toEqual(families.map((family) => `${family}.json`).sort());
  expect(families.reduce((bytes, family) => bytes + textOf(family).length, 0)).toBeLessThan(1e6);
});

describe.each(families)("vectors of %s", (family) => {
  test("are what `pnpm run vectors` writes: the same problems, and answers within 1e-12", () => {
    // Another release of Node may round an exponential the other way, so answers are not compared by bits.
    const made = gradientVectors(family);
    const blank = (file: VectorFile) => file.vectors.map((vector) => ({ ...vector, value: 0, grad: [] }));
    expect(blank(committed(family)), "run `pnpm run vectors`").toEqual(blank(made));
    for (const [i, { loss, value, grad }] of committed(family).vectors.entries()) {
      expect(relativeError([value], [made.vectors[i].value]), loss).toBeLessThanOrEqual(1e-12);
      expect(relativeError(grad, made.vectors[i].grad), loss).toBeLessThanOrEqual(1e-12);
    }
    expect(vectorFileText(committed(family)) === textOf(family), "a line per vector").toBe(true);
  }, 60_000);

  test("are reproduced in float32, values within 1e-6 and gradients within 2e-6", () => {
    for (const vector of committed(family).vectors) {
      const loss = parseLoss(vector.loss);
      const { value, grad } = loss.valueAndGrad(
        floats(vector.logits),
        floats(vector.target),
        extraOf(vector),
      );
      const allowed = 1e-6 * Math.abs(vector.value) + 1e-7 * naturalScale(loss);
      expect(Math.abs(value - vector.value) / allowed, vector.loss).toBeLessThanOrEqual(1);
      expect(relativeError(grad.data, vector.grad), vector.loss).toBeLessThanOrEqual(2e-6);
    }
  });
});
