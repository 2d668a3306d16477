/** Every operator that has a rule is tested, and docs/operators.md says so. */
import { expect, test } from "vitest";
import { operators } from "./operators/operators.ts";
import { committedRows, rowOf } from "./operators/page.ts";

const registered = await operators();

test("every operator of the registry has a case", () => {
  expect(registered.filter(({ cases }) => cases.length === 0).map(({ name }) => name)).toEqual([]);
});

test("docs/operators.md has every operator, the file of its rule and how many cases hold it", () => {
  expect(committedRows(), "the page is stale: pnpm run operators").toEqual(registered.map(rowOf));
});
