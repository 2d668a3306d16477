/** The cases of every rule against PyTorch's autograd in float64: golden/*.json, made by golden/make_golden.py. */
import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { caseFamilies } from "./cases/index.ts";
import { caseData, hashOf } from "./golden/case-data.ts";
import { withoutGolden } from "./golden/exceptions.ts";
import { readGolden, WRITE_AGAIN } from "./golden/golden-files.ts";
import { caseGradients } from "./gradients.ts";

describe.each(Object.entries(caseFamilies))(
  "%s: y and the gradient of every input are within 1e-5 of PyTorch's in float64",
  (family, cases) => {
    const golden = readGolden(family);
    const titles = Object.keys(cases).filter((title) => !(title in withoutGolden));

    test.each(titles)("%s", async (title) => {
      const expected = golden[title]!;
      expect(expected, `no golden values: ${WRITE_AGAIN}`).toBeDefined();
      const { y, grads } = await caseGradients(cases[title]!);
      const hash = hashOf(caseData(title, cases[title]!, y.dims));
      expect(hash, `the case has changed: ${WRITE_AGAIN}`).toBe(expected.hash);
      expect(relativeError(y.data, expected.y), "y").toBeLessThan(1e-5);
      expect(Object.keys(expected.grads)).toEqual(Object.keys(grads));
      for (const [name, grad] of Object.entries(grads)) {
        expect(relativeError(grad, expected.grads[name]!), name).toBeLessThan(1e-5);
      }
    });

    test("no golden values are left of a case that is gone", () => {
      expect(Object.keys(golden).filter((title) => !titles.includes(title))).toEqual([]);
    });
  },
);

test("the families share no title, and only cases are excepted", () => {
  const titles = Object.values(caseFamilies).flatMap(Object.keys);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  expect(Object.keys(withoutGolden).filter((title) => !titles.includes(title))).toEqual([]);
});
