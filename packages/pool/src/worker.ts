/** A thread of a LossPool: helps with maps over pieces, and runs units of fields. */
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import {
  cutPieces,
  fillUnit,
  isPixelgradError,
  LossEngine,
  type LossPlan,
  type LossSpec,
  lossFrom,
  measureUnit,
} from "@pixelgrad/core";
import { Board } from "./board.ts";
import { Crew, CrewStopped } from "./crew.ts";
import type { FailureMessage, LossJob, LossJobResult, MapMessage, ServeJob, UnitJob } from "./loss-job.ts";
import { type Serve, serveJobs } from "./protocol.ts";
import { serveRounds } from "./rounds.ts";
import { SharedView } from "./shared-problem.ts";
import { unitOf } from "./shared-unit.ts";

const engine = new LossEngine((workerData as { readonly memory: WebAssembly.Memory }).memory);

const NO_SUMS = new Float64Array(0);

/** The plan of the last job: consecutive jobs are almost always of one call. */
let cached: { readonly key: string; readonly plan: LossPlan } | undefined;

function planOf(loss: LossSpec, classes: number): LossPlan {
  const key = JSON.stringify([loss, classes]);
  if (cached?.key !== key) cached = { key, plan: lossFrom(loss).plan(classes) };
  return cached.plan;
}

function runUnit({ loss, classes, term, coefficients, crew, ...job }: UnitJob): Float64Array {
  const unit = unitOf(job.unit, engine.arena);
  const { term: own } = planOf(loss, classes).terms[term]!;
  const bands = crew && new Crew(crew);
  try {
    return coefficients
      ? fillUnit(own, unit, coefficients, engine.units, bands)
      : measureUnit(own, unit, engine.units, bands);
  } catch (error) {
    // Why is known to who stopped the crew.
    if (error instanceof CrewStopped) return NO_SUMS;
    throw error;
  }
}

/** Runs pieces of a map, as many as this thread gets hold of. */
function help(message: MapMessage, report: (failure: FailureMessage) => void): void {
  const board = new Board(message.board);
  // Most often the others were quicker: nothing is prepared before there is a piece to run.
  let run: ((piece: number) => Float64Array) | undefined;
  for (;;) {
    const piece = board.claimOrWait();
    if (piece === undefined) return;
    if (piece <= board.failed) {
      try {
        run ??= runnerOf(message);
        board.sumsOf(piece).set(run(piece));
        board.done(piece);
      } catch (error) {
        report({ piece, error: isPixelgradError(error) ? { expected: error.encode() } : { bug: error } });
        board.fail(piece);
      }
    }
    board.finish();
  }
}

function runnerOf({ loss, problem, fields, coefficients }: MapMessage): (piece: number) => Float64Array {
  const plan = planOf(loss, problem.classes);
  const pieces = cutPieces(problem.images, problem.classes, problem.pixels);
  const shared = new SharedView(plan, engine.arena, problem, fields);
  return (index) => {
    const piece = pieces[index]!;
    const view = shared.view(piece, index);
    if (coefficients === undefined) return engine.first(plan, view);
    const at = piece.image * plan.coefficientLength;
    return engine.second(plan, view, coefficients.subarray(at, at + plan.coefficientLength));
  };
}

function serve({ port, rounds }: ServeJob): void {
  serveRounds(rounds, () => {
    for (let worked = false; ; worked = true) {
      const received = receiveMessageOnPort(port);
      if (received === undefined) return worked;
      help(received.message as MapMessage, (failure) => port.postMessage(failure));
    }
  });
  port.close();
}

const serveJob: Serve<LossJob, LossJobResult> = serveJobs((job) => {
  if ("unit" in job) return runUnit(job.unit);
  serve(job.serve);
  return NO_SUMS;
});

export default serveJob;
