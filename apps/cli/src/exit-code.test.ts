import { PixelgradError } from "@pixelgrad/core";
import { describe, expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

function exitOf(error: unknown): [code: number, text: string] {
  const texts: string[] = [];
  const { signal } = new AbortController();
  const code = exitCodeOf(error, { out: () => {}, err: (text) => texts.push(text), signal });
  return [code, texts.join("")];
}

describe("exitCodeOf", () => {
  test("is 1 for data", () => {
    const error = new PixelgradError("ALL_IGNORED", "Nothing counts.", { loss: "dice" });
    expect(exitOf(error)).toEqual([1, "pixelgrad: Nothing counts. [ALL_IGNORED]\n"]);
  });

  test("is 2 for a loss expression or one of its options", () => {
    const error = new PixelgradError("EXPRESSION_INVALID", "No.", { expression: "x", position: 0 });
    expect(exitOf(error)).toEqual([2, "pixelgrad: No. [EXPRESSION_INVALID]\n"]);
  });

  test("is 130 for an interrupt", () => {
    const error = new PixelgradError("CANCELLED", "Cancelled.", { done: 3 });
    expect(exitOf(error)).toEqual([130, "pixelgrad: interrupted after 3 files\n"]);
  });

  test("is 1 for a bug, with its stack", () => {
    const [code, text] = exitOf(new TypeError("oops"));
    expect(code).toBe(1);
    expect(text).toMatch(/^TypeError: oops\n {4}at /);
    expect(exitOf("thrown text")).toEqual([1, "thrown text\n"]);
  });
});
