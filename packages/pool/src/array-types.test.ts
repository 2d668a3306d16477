import { describe, expect, test } from "vitest";
import { type ArrayType, arrayType, arrayTypes } from "./array-types.ts";

describe("arrayType", () => {
  test.each(Object.keys(arrayTypes) as ArrayType[])("is the inverse of arrayTypes for %s", (name) => {
    expect(arrayType(new arrayTypes[name](new SharedArrayBuffer(16), 8, 1))).toBe(name);
  });

  test("reads a clamped array as bytes", () => {
    expect(arrayType(new Uint8ClampedArray(3))).toBe("uint8");
  });
});
