/** A thread of a LossPool: runs the maps of a loss on pieces in the shared memory. */
import { workerData } from "node:worker_threads";
import { LossEngine, type LossPlan, lossFrom, type PieceView, type Rows } from "@pixelgrad/core";
import { arrayTypes } from "./array-types.ts";
import type { LossJob, LossJobResult, ResidentRows } from "./loss-job.ts";
import { type Serve, serveJobs } from "./protocol.ts";

const engine = new LossEngine((workerData as { readonly memory: WebAssembly.Memory }).memory);

/** The plan of the last job: consecutive jobs are almost always of one call. */
let cached: { readonly key: string; readonly plan: LossPlan } | undefined;

function planOf({ loss, classes }: LossJob): LossPlan {
  const key = JSON.stringify([loss, classes]);
  if (cached?.key !== key) cached = { key, plan: lossFrom(loss).plan(classes) };
  return cached.plan;
}

function rowsAt({ address, stride, type }: ResidentRows, channels: number, count: number): Rows {
  const buffer = engine.arena.bytes.buffer;
  const length = channels === 0 ? 0 : (channels - 1) * stride + count;
  return { data: new arrayTypes[type](buffer, address, length), offset: 0, stride };
}

const serve: Serve<LossJob, LossJobResult> = serveJobs((job, cancelled) => {
  const plan = planOf(job);
  const results: Float64Array[] = [];
  for (const { count, origin, logits, target, grad, elements } of job.pieces) {
    if (cancelled()) break;
    const view: PieceView = {
      classes: job.classes,
      count,
      origin,
      targetKind: job.targetKind,
      logits: rowsAt(logits, job.classes, count) as Rows<Float32Array>,
      target: rowsAt(target, job.targetKind === "dense" ? job.classes : 1, count),
      ...(grad && { grad: rowsAt(grad, job.classes, count) as Rows<Float32Array> }),
      ...(elements && { elements: rowsAt(elements, plan.elementRows, count) as Rows<Float32Array> }),
    };
    const { coefficients } = job;
    results.push(coefficients ? engine.second(plan, view, coefficients) : engine.first(plan, view));
  }
  return results;
});

export default serve;
