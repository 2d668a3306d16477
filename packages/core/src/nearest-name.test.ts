import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

const NAMES = ["binary-cross-entropy", "cross-entropy", "focal", "dice"];

test.each([
  ["crossentropy", "cross-entropy"],
  ["cross_entropy", "cross-entropy"],
  ["CrossEntropy", "cross-entropy"],
  ["dise", "dice"],
  ["ocal", "focal"],
  ["binary-crossentropy", "binary-cross-entropy"],
  ["dice", "dice"],
])("the name nearest to %s is %s", (word, name) => {
  expect(nearestName(word, NAMES)).toBe(name);
});

test("the first of equally near names wins", () => {
  expect(nearestName("c", ["a", "b"])).toBe("a");
  expect(nearestName("", ["ab", "c", "d"])).toBe("c");
});

test("without names there is nothing to propose", () => {
  expect(nearestName("dice", [])).toBe("");
});
