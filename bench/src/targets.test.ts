import { expect, test } from "vitest";
import { MEMCPY } from "./peers/memory-copy.ts";
import { POOL } from "./peers/pixelgrad.ts";
import { TORCH } from "./peers/torch.ts";
import type { Temper } from "./problem.ts";
import { rows } from "./rows.ts";
import { rowFindings } from "./targets.ts";

const bce = rows.find(({ id }) => id === "bce")!;
const series = (name: string, threads: number, temper: Temper, ms: number) => ({
  name,
  threads,
  temper,
  ms: [ms],
});

test("a row is judged against torch, the copy, its confident logits and one thread", () => {
  const result = {
    row: bce,
    checks: [],
    series: [
      series(POOL, 1, "mild", 20),
      series(POOL, 1, "confident", 30),
      series(POOL, 2, "mild", 10),
      series(TORCH, 1, "mild", 200),
      series(TORCH, 2, "mild", 70),
      series(MEMCPY, 1, "mild", 5),
    ],
  };
  expect(rowFindings(result).map(({ what, got, met }) => [what, got, met])).toEqual([
    ["over memcpy, 1 thread", 4, true],
    ["confident over mild, 1 thread", 1.5, false],
    ["2 threads over 1", 2, true],
    ["faster than torch, 1 thread", 10, true],
    ["faster than torch, 2 threads", 7, false],
  ]);
});

test("a row that was not timed is not judged", () => {
  expect(rowFindings({ row: bce, checks: [], series: [] })).toEqual([]);
});
