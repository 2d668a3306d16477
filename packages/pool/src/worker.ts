/** A thread of a LossPool: runs the maps of a loss on pieces in the shared memory, and on units of fields. */
import { workerData } from "node:worker_threads";
import {
  type Floats,
  fillUnit,
  LossEngine,
  type LossPlan,
  lossFrom,
  measureUnit,
  type PieceView,
  type Rows,
} from "@pixelgrad/core";
import { arrayTypes } from "./array-types.ts";
import type { LossJob, LossJobResult, ResidentPiece, ResidentRows, UnitJob } from "./loss-job.ts";
import { type Serve, serveJobs } from "./protocol.ts";

const engine = new LossEngine((workerData as { readonly memory: WebAssembly.Memory }).memory);

/** The plan of the last job: consecutive jobs are almost always of one call. */
let cached: { readonly key: string; readonly plan: LossPlan } | undefined;

function planOf({ loss, classes }: LossJob): LossPlan {
  const key = JSON.stringify([loss, classes]);
  if (cached?.key !== key) cached = { key, plan: lossFrom(loss).plan(classes) };
  return cached.plan;
}

function rowsAt({ address, channels, stride, step, type }: ResidentRows, count: number): Rows {
  const length = Math.max(0, (channels - 1) * stride + (count - 1) * step + 1);
  const data = new arrayTypes[type](engine.arena.bytes.buffer, address, length);
  return { data, channels, offset: 0, stride, step };
}

function viewOf(
  { classes, targetKind }: LossJob,
  { count, origin, rows, fields, classMask }: ResidentPiece,
): PieceView {
  const at = (rows: ResidentRows) => rowsAt(rows, count);
  const floatsAt = (rows: ResidentRows) => rowsAt(rows, count) as Rows<Floats>;
  const { logits, target, grad, elements, pixelWeights, teacher, upstream } = rows;
  return {
    classes,
    count,
    origin,
    targetKind,
    rows: {
      logits: floatsAt(logits),
      target: at(target),
      ...(grad && { grad: floatsAt(grad) }),
      ...(elements && { elements: floatsAt(elements) }),
      ...(pixelWeights && { pixelWeights: at(pixelWeights) }),
      ...(teacher && { teacher: floatsAt(teacher) }),
      ...(upstream && { upstream: at(upstream) }),
      ...(fields && { fields }),
    },
    ...(classMask && { classMask }),
  };
}

function runUnit(plan: LossPlan, { term, unit, coefficients }: UnitJob): Float64Array {
  const { term: own } = plan.terms[term]!;
  return coefficients ? fillUnit(own, unit, coefficients) : measureUnit(own, unit);
}

const serve: Serve<LossJob, LossJobResult> = serveJobs((job, cancelled) => {
  const plan = planOf(job);
  const results: Float64Array[] = [];
  const { work } = job;
  if ("units" in work) {
    for (const unit of work.units) {
      if (cancelled()) break;
      results.push(runUnit(plan, unit));
    }
    return results;
  }
  for (const piece of work.pieces) {
    if (cancelled()) break;
    const view = viewOf(job, piece);
    const { coefficients } = piece;
    results.push(coefficients ? engine.second(plan, view, coefficients) : engine.first(plan, view));
  }
  return results;
});

export default serve;
