import { expect, test } from "vitest";
import { perImageCsv } from "./per-image-csv.ts";

test("perImageCsv quotes names and expressions, and counts what counted in any loss", () => {
  const pair = (stem: string) => ({ stem, logits: `${stem}.npy`, mask: `${stem}.png` });
  const value = (number: number, counted: number) => ({ value: number, counted, terms: [] });
  const csv = perImageCsv(["dice", "cross-entropy(ignoreIndex=[1, 2])"], [pair("a/b"), pair('c, "d"')], {
    perFile: [
      [value(0.1 + 0.2, 7), value(Number.NaN, 9)],
      [value(1, 4), value(1e-21, 0)],
    ],
  });
  expect(csv).toMatchInlineSnapshot(`
    "image,dice,"cross-entropy(ignoreIndex=[1, 2])",counted
    a/b,0.30000000000000004,NaN,9
    "c, ""d""",1,1e-21,4
    "
  `);
});
