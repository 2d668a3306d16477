import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { availableCpus, cgroupCpus } from "./cpus.ts";

describe("cgroupCpus", () => {
  test.each([
    ["200000 100000\n", 2],
    ["150000 100000\n", 1.5],
    ["50000 100000", 0.5],
    ["300000", 3],
    ["max 100000\n", Number.POSITIVE_INFINITY],
    ["max", Number.POSITIVE_INFINITY],
    ["0 100000", Number.POSITIVE_INFINITY],
    ["", Number.POSITIVE_INFINITY],
    ["garbage", Number.POSITIVE_INFINITY],
    [undefined, Number.POSITIVE_INFINITY],
  ])("reads %j as %d CPUs", (cpuMax, cpus) => {
    expect(cgroupCpus(cpuMax)).toBe(cpus);
  });
});

describe("availableCpus", () => {
  test("is a whole number from 1 to the CPUs of the process's affinity", () => {
    const cpus = availableCpus();
    expect(Number.isInteger(cpus)).toBe(true);
    expect(cpus).toBeGreaterThanOrEqual(1);
    expect(cpus).toBeLessThanOrEqual(availableParallelism());
  });
});
