import * as pool from "@pixelgrad/pool";
import { expect, test } from "vitest";

test("exports what it documents", () => {
  expect(Object.keys(pool).sort()).toMatchInlineSnapshot(`
    [
      "LossPool",
      "OrderedPool",
      "availableCpus",
      "serveJobs",
      "sharedDoubles",
    ]
  `);
});
