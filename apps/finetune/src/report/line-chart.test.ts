import { describe, expect, test } from "vitest";
import { lineChart } from "./line-chart.ts";

function chart(...points: (readonly [number, number | null])[]): string {
  return lineChart({ title: "Loss", xLabel: "epoch", lines: [{ name: "training", points }] }).text;
}

describe("a line chart", () => {
  test("joins the points in order", () => {
    expect(chart([1, 1], [2, 0.5], [3, 0.25]).match(/ d="M[^"]*"/)?.[0]).toMatchInlineSnapshot(
      `" d="M52 12L259 115L466 166.5""`,
    );
  });

  test("breaks the line where a value is missing", () => {
    const path = chart([1, 1], [2, null], [3, 0.5], [4, 0.4]).match(/ d="(M[^"]*)"/)?.[1];
    expect(path?.replace(/[^ML]/g, "")).toBe("MML");
  });

  test.each([
    ["one epoch", [[1, 0.7]]],
    ["one epoch of loss 0", [[1, 0]]],
    [
      "equal losses",
      [
        [1, 2],
        [2, 2],
      ],
    ],
    [
      "a loss that is not a number",
      [
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
        [3, 1],
      ],
    ],
    ["a loss of 1e-300", [[1, 1e-300]]],
  ] as const)("has no NaN or Infinity with %s", (_, points) => {
    const text = chart(...points);
    expect(text).not.toMatch(/NaN|Infinity/);
    expect(text).toContain("<circle");
  });

  test("says so when there is nothing to draw", () => {
    expect(chart()).toContain("Nothing to draw yet.");
    expect(chart([1, null])).not.toContain("<svg");
  });

  test("describes itself to a screen reader", () => {
    expect(chart([1, 1], [2, 0.5])).toContain('aria-label="Loss: training from 1.00 to 0.500"');
  });
});
