import { expect, test } from "vitest";
import { lossTable } from "./table.ts";

test("lossTable aligns losses and gives the terms of a sum a row each", () => {
  const results = [
    {
      value: 1.8157522994638622,
      counted: 1966080,
      terms: [
        { id: "cross-entropy", weight: 1, value: 1.4823907728658638 },
        { id: "dice", weight: -0.5, value: 0.6667230531959966 },
      ],
    },
    { value: 0.0000123456789, counted: 12, terms: [{ id: "dice", weight: 1, value: 0.0000123456789 }] },
  ];
  expect(
    lossTable(["cross-entropy - 0.5*dice", "dice"], { results, images: 30, classes: 3 }),
  ).toMatchInlineSnapshot(`
    "loss                              value  counted
    cross-entropy - 0.5*dice       1.815752  1966080
      cross-entropy                1.482391
      -0.5 * dice                 0.6667231
    dice                      0.00001234568       12

    30 images, 3 channels
    "
  `);
  expect(lossTable(["dice"], { results: results.slice(1), images: 1, classes: 1 })).toMatchInlineSnapshot(`
    "loss          value  counted
    dice  0.00001234568       12

    1 image, 1 channel
    "
  `);
});
