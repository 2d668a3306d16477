import { describe, expect, test } from "vitest";
import { checkOptions, describeField, type OptionField, type OptionFields, perClass } from "./options.ts";

const FIELDS: OptionFields = {
  size: { kind: "number", min: 0, max: 2, doc: "" },
  any: { kind: "number", doc: "" },
  list: { kind: "numbers", min: 0, doc: "" },
  either: { kind: "number-or-numbers", doc: "" },
  index: { kind: "integer-or-integers", doc: "" },
  mode: { kind: "choice", values: ["fast", "exact"], doc: "" },
};

describe("checkOptions", () => {
  test("keeps what is valid and drops what is undefined", () => {
    const options = { size: 2, any: -1e9, list: [0, 1], either: [1], index: [255, -1], mode: "fast" };
    expect(checkOptions("loss", FIELDS, { ...options, extra: undefined })).toEqual(options);
    expect(checkOptions("loss", FIELDS, { either: 3, index: -100, size: undefined })).toEqual({
      either: 3,
      index: -100,
    });
  });

  test("copies lists, so that a later change of the caller's does not reach the loss", () => {
    const list = [1, 2];
    const checked = checkOptions("loss", FIELDS, { list });
    list[0] = 5;
    expect(checked).toEqual({ list: [1, 2] });
  });

  test.each<[string, unknown]>([
    ["size", -0.1],
    ["size", 2.1],
    ["size", "1"],
    ["size", Number.NaN],
    ["size", Number.POSITIVE_INFINITY],
    ["size", null],
    ["any", [1]],
    ["list", 1],
    ["list", [1, -1]],
    ["list", Float32Array.of(1)],
    ["either", [Number.NaN]],
    ["index", 1.5],
    ["index", [1, 2.5]],
    ["index", 2 ** 53],
    ["mode", "slow"],
    ["mode", ["fast"]],
  ])("refuses %s = %j with OPTION_INVALID and what is allowed", (option, value) => {
    expect(() => checkOptions("loss", FIELDS, { [option]: value })).toThrow(
      expect.objectContaining({
        code: "OPTION_INVALID",
        context: { loss: "loss", option, value, allowed: describeField(FIELDS[option]) },
      }),
    );
  });

  test("refuses an unknown option with OPTION_UNKNOWN and the nearest", () => {
    expect(() => checkOptions("loss", FIELDS, { sise: 1 })).toThrow(
      expect.objectContaining({
        code: "OPTION_UNKNOWN",
        context: { loss: "loss", option: "sise", nearest: "size" },
      }),
    );
  });
});

test.each<[OptionField, string]>([
  [FIELDS["size"], "a number from 0 to 2"],
  [FIELDS["any"], "a number"],
  [FIELDS["list"], "a list of numbers of at least 0, one per class"],
  [FIELDS["either"], "a number or a list of them, one per class"],
  [FIELDS["index"], "an integer or a list of at most 256 integers"],
  [FIELDS["mode"], "one of fast, exact"],
])("describeField puts $kind in words", (field, words) => {
  expect(describeField(field)).toBe(words);
});

describe("perClass", () => {
  test("repeats a number and passes a list on", () => {
    expect(perClass("loss", "w", 2, 3)).toEqual([2, 2, 2]);
    expect(perClass("loss", "w", [1, 2], 2)).toEqual([1, 2]);
  });

  test("refuses a list of another length", () => {
    expect(() => perClass("loss", "w", [1, 2], 3)).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});
