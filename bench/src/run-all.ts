/** The whole bench as data. @module */
import { type Bandwidth, measureBandwidth } from "./bandwidth.ts";
import { type ConvHead, measureConvHead } from "./conv-head.ts";
import { type Dispatch, measureDispatch } from "./dispatch.ts";
import { CONV_HEAD, QUICK_CONV_HEAD } from "./head/head-problem.ts";
import { IN_PLACE_DIMS, type InPlace, measureInPlace } from "./in-place.ts";
import { type Machine, machine } from "./machine.ts";
import type { Options } from "./options.ts";
import { closePeers, type Opened, openPeers } from "./peers/open-peers.ts";
import { quick, rows } from "./rows.ts";
import { type RowResult, runRow } from "./run-row.ts";
import { convHeadFindings, dispatchFinding, type Finding, inPlaceFinding, rowFindings } from "./targets.ts";

export interface BenchResult {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly skipped: Opened["skipped"];
  readonly rounds: number;
  readonly quick: boolean;
  readonly rows: readonly RowResult[];
  readonly bandwidth?: Bandwidth;
  readonly dispatch?: Dispatch;
  readonly inPlace: readonly InPlace[];
  readonly convHead?: ConvHead;
  /** Empty under `--quick`: targets are for whole sizes. */
  readonly findings: readonly Finding[];
}

/** Bytes of the logits of the scaling rows of 21 classes. */
const COPY = 4 * 21 * 512 * 512 * 4;
const QUICK_COPY = 1 << 20;

/** @param progress - is told what comes next. */
export async function runAll(options: Options, progress: (next: string) => void): Promise<BenchResult> {
  const { chosen, threads, rounds } = options;
  const measuredOn = machine();
  const opened = await openPeers(options.peers);
  const results: RowResult[] = [];
  try {
    for (const row of rows.filter(({ id }) => chosen.has(id))) {
      progress(row.id);
      results.push(await runRow(options.quick ? quick(row) : row, opened.peers, threads, rounds));
    }
  } finally {
    await closePeers(opened);
  }
  if (chosen.has("bandwidth")) progress("bandwidth");
  const bandwidth = chosen.has("bandwidth")
    ? await measureBandwidth(options.quick ? QUICK_COPY : COPY, threads, rounds)
    : undefined;
  if (chosen.has("dispatch")) progress("dispatch");
  const dispatch = chosen.has("dispatch") ? await measureDispatch(threads.at(-1)!, rounds) : undefined;
  if (chosen.has("in-place")) progress("in-place");
  const inPlaceDims = options.quick ? [2, 21, 67, 67] : IN_PLACE_DIMS;
  const inPlace = chosen.has("in-place") ? await measureInPlace(inPlaceDims, threads) : [];
  if (chosen.has("conv-head")) progress("conv-head");
  const headSize = options.quick ? QUICK_CONV_HEAD : CONV_HEAD;
  const convHead = chosen.has("conv-head")
    ? await measureConvHead(headSize, rounds, opened.peers.has("torch"))
    : undefined;
  return {
    machine: measuredOn,
    versions: Object.assign({}, ...[...opened.peers.values()].map(({ versions }) => versions)),
    skipped: opened.skipped,
    rounds,
    quick: options.quick,
    rows: results,
    ...(bandwidth && { bandwidth }),
    ...(dispatch && { dispatch }),
    inPlace,
    ...(convHead && { convHead }),
    findings: options.quick
      ? []
      : [
          ...results.flatMap(rowFindings),
          ...(dispatch ? [dispatchFinding(dispatch)] : []),
          ...inPlace.map(inPlaceFinding),
          ...(convHead ? convHeadFindings(convHead) : []),
        ],
  };
}
