/** One row: its arrays, the check of everyone against us, then the times. @module */
import { parseLoss } from "@pixelgrad/core";
import { type Check, check } from "./check.ts";
import { interleave } from "./measure.ts";
import { copyStage } from "./peers/memory-copy.ts";
import type { Contender, Outcome, Peer, Stage } from "./peers/peer.ts";
import { labelsTensor } from "./peers/pixelgrad.ts";
import { type Problem, problemOf, type Temper, tempers } from "./problem.ts";
import type { PeerName, Row } from "./rows.ts";

const SEED = 20261123;

export interface Series {
  readonly name: string;
  readonly threads: number;
  readonly temper: Temper;
  /** Of each round. */
  readonly ms: readonly number[];
}

export interface RowResult {
  readonly row: Row;
  readonly checks: readonly Check[];
  /** Empty when a check failed. */
  readonly series: readonly Series[];
}

export async function runRow(
  row: Row,
  peers: ReadonlyMap<PeerName, Peer>,
  threads: readonly number[],
  rounds: number,
): Promise<RowResult> {
  const chosen = row.section === "scaling" ? (["mild"] as const) : tempers;
  const problems = chosen.map((temper) => problemOf(row.dims, temper, SEED));
  const stages: Stage[] = [];
  try {
    for (const name of row.peers) {
      const peer = peers.get(name);
      if (peer !== undefined) stages.push(await peer.stage(row, problems, threads));
    }
    if (row.section === "peers") stages.push(copyStage(problems[0]!));
    const contenders = stages.flatMap((stage) => stage.contenders);
    const checks = await checkAll(row, problems, contenders);
    if (!checks.every(({ ok }) => ok)) return { row, checks, series: [] };
    const samples = await interleave(contenders, rounds);
    const series = contenders.map(({ name, threads, temper }, i) => ({
      name,
      threads,
      temper,
      ms: samples[i]!,
    }));
    return { row, checks, series };
  } finally {
    for (const stage of stages) await stage.close();
  }
}

async function checkAll(
  row: Row,
  problems: readonly Problem[],
  contenders: readonly Contender[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const problem of problems) {
    const ours = ourOutcome(row, problem);
    for (const contender of contenders) {
      const result = contender.temper === problem.temper ? await check(row, contender, ours) : undefined;
      if (result !== undefined) checks.push(result);
    }
  }
  return checks;
}

/** On the calling thread, whichever peers are asked for. */
function ourOutcome(row: Row, problem: Problem): Outcome {
  const logits = { data: problem.logits, dims: problem.dims };
  const { value, grad } = parseLoss(row.loss).valueAndGrad(logits, labelsTensor(problem));
  return { value, grad: grad.data };
}
