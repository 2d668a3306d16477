/** What the figures are held to. @module */
import type { ConvHead } from "./conv-head.ts";
import type { Dispatch } from "./dispatch.ts";
import type { InPlace } from "./in-place.ts";
import { POOL } from "./peers/pixelgrad.ts";
import { TFJS } from "./peers/tfjs.ts";
import { TORCH } from "./peers/torch.ts";
import { ratiosOf } from "./ratios.ts";
import { pixelsOf } from "./rows.ts";
import type { RowResult } from "./run-row.ts";

const CONFIDENT_OVER_MILD = 1.3;
const SPEEDUP_OF_TWO = 1.85;
/** Pixels from which two threads are held to that. */
const SPEEDUP_PIXELS = 2 ** 20;
const DISPATCH_MS = 0.2;
const IN_PLACE_MIB = 8;
const HEAD_OVER_TORCH = 1.1;

export interface Finding {
  readonly row: string;
  readonly what: string;
  readonly got: number;
  readonly target: number;
  readonly bound: "at least" | "at most";
  readonly met: boolean;
}

/** Ratios to peers and to the copy are judged on mild logits. */
export function rowFindings({ row, series }: RowResult): Finding[] {
  const findings: Finding[] = [];
  const least = (what: string, got: number | undefined, target: number | undefined) => {
    if (got !== undefined && target !== undefined)
      findings.push(finding(row.id, what, got, "at least", target));
  };
  const most = (what: string, got: number | undefined, target: number | undefined) => {
    if (got !== undefined && target !== undefined)
      findings.push(finding(row.id, what, got, "at most", target));
  };
  for (const one of series) {
    const { name, threads, temper } = one;
    const { overOurs, overMemcpy, overMild, speedup } = ratiosOf(one, series);
    const on = threads === 1 ? "1 thread" : `${threads} threads`;
    if (name === TORCH && temper === "mild") least(`faster than torch, ${on}`, overOurs, row.targets.torch);
    if (name === TFJS && temper === "mild") least(`faster than tfjs, ${on}`, overOurs, row.targets.tfjs);
    if (name !== POOL) continue;
    if (threads === 1 && temper === "mild") most(`over memcpy, ${on}`, overMemcpy, row.targets.memcpy);
    if (row.section === "peers") most(`confident over mild, ${on}`, overMild, CONFIDENT_OVER_MILD);
    if (threads === 2 && temper === "mild" && pixelsOf(row) >= SPEEDUP_PIXELS) {
      least("2 threads over 1", speedup, SPEEDUP_OF_TWO);
    }
  }
  return findings;
}

export function dispatchFinding({ pool }: Dispatch): Finding {
  return finding("dispatch", "ms of a call of 4096 pixels", pool.median, "at most", DISPATCH_MS);
}

export function inPlaceFinding({ where, growthMiB }: InPlace): Finding {
  return finding("in-place", `MiB of growth, ${where}`, growthMiB, "at most", IN_PLACE_MIB);
}

export function convHeadFindings({ overTorch }: ConvHead): Finding[] {
  if (overTorch === undefined) return [];
  return [finding("conv-head", "time over that of torch, 1 thread", overTorch, "at most", HEAD_OVER_TORCH)];
}

function finding(row: string, what: string, got: number, bound: Finding["bound"], target: number): Finding {
  return { row, what, got, target, bound, met: bound === "at least" ? got >= target : got <= target };
}
