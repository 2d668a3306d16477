/** This project: pools over arrays in their own memory, nothing copied, and the calling thread. @module */
import { readFileSync } from "node:fs";
import { type Loss, parseLoss, type Tensor } from "@pixelgrad/core";
import { LossPool } from "@pixelgrad/pool";
import type { Problem } from "../problem.ts";
import type { Row } from "../rows.ts";
import type { Contender, Outcome, Peer, Stage } from "./peer.ts";

export const POOL = "pixelgrad pool";
export const INLINE = "pixelgrad inline";

export function pixelgradPeer(): Peer {
  const manifest = new URL("../package.json", import.meta.resolve("@pixelgrad/core"));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return { versions: { pixelgrad: version }, stage, close: async () => {} };
}

/** The labels of a problem as a tensor. */
export function labelsTensor({ dims: [images, , ...spatial], labels }: Problem): Tensor<Uint8Array> {
  return { data: labels, dims: [images!, ...spatial] };
}

async function stage(row: Row, problems: readonly Problem[], threads: readonly number[]): Promise<Stage> {
  const loss = parseLoss(row.loss);
  const pools: LossPool[] = [];
  const contenders: Contender[] = [];
  for (const count of threads) {
    const pool = new LossPool({ threads: count });
    pools.push(pool);
    contenders.push(...onPool(pool, loss, problems));
  }
  if (row.section === "peers") contenders.push(...inline(loss, problems));
  return {
    contenders,
    async close() {
      for (const pool of pools) await pool.close();
    },
  };
}

/** One gradient array serves all tempers: only one of them runs at a time. */
function onPool(pool: LossPool, loss: Loss, problems: readonly Problem[]): Contender[] {
  const out = pool.tensor(problems[0]!.dims, "float32").data;
  return problems.map((problem) => {
    const logits = pool.tensor(problem.dims, "float32");
    const labels = pool.tensor(labelsTensor(problem).dims, "uint8");
    logits.data.set(problem.logits);
    labels.data.set(problem.labels);
    return ours(POOL, pool.threads, problem, () => pool.valueAndGrad(loss, logits, labels, { out }));
  });
}

function inline(loss: Loss, problems: readonly Problem[]): Contender[] {
  const out = new Float32Array(problems[0]!.logits.length);
  return problems.map((problem) => {
    const logits = { data: problem.logits, dims: problem.dims };
    const labels = labelsTensor(problem);
    return ours(INLINE, 1, problem, async () => loss.valueAndGrad(logits, labels, { out }));
  });
}

function ours(
  name: string,
  threads: number,
  { temper }: Problem,
  call: () => Promise<{ value: number; grad: Tensor<Float32Array> }>,
): Contender {
  return {
    name,
    threads,
    temper,
    agreement: "bits",
    async run() {
      const begin = performance.now();
      await call();
      return performance.now() - begin;
    },
    async outcome(): Promise<Outcome> {
      const { value, grad } = await call();
      return { value, grad: grad.data };
    },
  };
}
