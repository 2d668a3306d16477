/** What the figures were measured on. @module */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** CPUs the control group allows, or why that is not known. */
  readonly quota: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Of the minute before the bench: others' work on the machine shows here. */
  readonly load: number;
  readonly node: string;
  readonly v8: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    quota: quota(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    kernel: release(),
    load: loadavg()[0]!,
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

/** Control groups of version 2, then of version 1. */
function quota(): string {
  const [limit, period] = read("/sys/fs/cgroup/cpu.max")?.split(/\s+/) ?? [
    read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
  ];
  if (limit === undefined) return "unknown";
  return Number(limit) > 0 ? `${Number(limit) / Number(period)} CPUs` : "none";
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    // No such control group.
    return undefined;
  }
}
