/** Against PyTorch in float64: golden/torch.json, made by golden/make_torch.py. */
import { readFileSync } from "node:fs";
import { type LossSpec, lossFrom, referenceValueAndGrad, type Tensor } from "@pixelgrad/core";
import { relativeError } from "@pixelgrad/core/testing";
import { expect, test } from "vitest";

interface Golden {
  readonly name: string;
  readonly loss: LossSpec;
  readonly logits: { readonly dims: number[]; readonly data: number[] };
  readonly target: { readonly type: "int32" | "float32"; readonly dims: number[]; readonly data: number[] };
  readonly value: number;
  readonly grad: number[];
  readonly elements?: number[];
}

const golden = new URL("golden/torch.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(golden, "utf8")) as { cases: readonly Golden[] };

test("the golden file has cases of all four losses, in every reduction", () => {
  const ids = new Set(cases.map(({ loss }) => loss.id));
  expect([...ids].sort()).toEqual(["binary-cross-entropy", "cross-entropy", "dice", "focal"]);
  expect(new Set(cases.map(({ loss }) => loss.options["reduction"]))).toEqual(
    new Set(["mean", "sum", "none", undefined]),
  );
});

test.each(cases)("$name: as PyTorch, reference within 1e-10, SIMD within 2e-6", (golden) => {
  const loss = lossFrom(golden.loss);
  const { dims, data } = golden.logits;
  const { type } = golden.target;
  const target: Tensor = {
    data: type === "int32" ? Int32Array.from(golden.target.data) : Float32Array.from(golden.target.data),
    dims: golden.target.dims,
  };

  const reference = referenceValueAndGrad(loss, { data: Float64Array.from(data), dims }, target);
  expect(relativeError([reference.value], [golden.value])).toBeLessThan(1e-10);
  expect(relativeError(reference.grad, golden.grad)).toBeLessThan(1e-10);

  const simd = loss.valueAndGrad({ data: Float32Array.from(data), dims }, target);
  expect(relativeError([simd.value], [golden.value])).toBeLessThan(2e-6);
  expect(relativeError(simd.grad.data, golden.grad)).toBeLessThan(2e-6);
  expect(relativeError(simd.elements?.data ?? [], golden.elements ?? [])).toBeLessThan(2e-6);
});
