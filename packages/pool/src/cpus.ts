/** How many CPUs this process may use. @module */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** CPUs by affinity, and no more than the control group's quota allows (containers), at least 1. */
export function availableCpus(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCpus(readCpuMax()))));
}

/** CPUs of a cgroup v2 `cpu.max` ("quota period" in microseconds, or "max period"). */
export function cgroupCpus(cpuMax: string | undefined): number {
  const [quota, period] = (cpuMax ?? "max").trim().split(/\s+/);
  const cpus = Number(quota) / Number(period ?? 100_000);
  return cpus > 0 ? cpus : Number.POSITIVE_INFINITY;
}

function readCpuMax(): string | undefined {
  try {
    return readFileSync("/sys/fs/cgroup/cpu.max", "utf8");
  } catch {
    // Not Linux, or no such control group: affinity is all there is to know.
    return undefined;
  }
}
