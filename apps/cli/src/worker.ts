/** A thread of `pixelgrad loss`: reads a pair of files and runs the maps of the losses on it. */
import { cutPieces, inlineEngine, lossFrom, openCall, type Tensor, viewPiece } from "@pixelgrad/core";
import { type Cancelled, type Serve, serveJobs } from "@pixelgrad/pool";
import { batchDims } from "./batch-dims.ts";
import type { FileJob, FileSums, PieceSums } from "./file-job.ts";
import { inFiles } from "./in-files.ts";
import { readPair } from "./read-pair.ts";

const serve: Serve<FileJob, FileSums> = serveJobs(async ({ pair, losses }, cancelled) => {
  const stored = await readPair(pair);
  return inFiles(pair, () => {
    const dims = batchDims(stored.logits.dims, stored.mask.dims);
    const logits = { data: stored.logits.data, dims: dims.logits };
    const mask = { data: stored.mask.data, dims: dims.mask };
    const [images = 1, classes = 1] = dims.logits;
    return { images, classes, losses: losses.map((spec) => sumsOf(spec, logits, mask, cancelled)) };
  });
});

function sumsOf(
  spec: FileJob["losses"][number],
  logits: Tensor,
  mask: Tensor,
  cancelled: Cancelled,
): PieceSums {
  const { plan, problem } = openCall(lossFrom(spec).plan, logits, mask, false);
  // Coefficients scale gradients, and nobody wants those here: so the second map need not wait for the merge of the
  // first, and each file is read once.
  const length = plan.terms.reduce((sum, { term }) => sum + term.coefficientLength, 0);
  const coefficients = new Float64Array(length);
  const engine = inlineEngine();
  const first: Float64Array[] = [];
  const second: Float64Array[] = [];
  for (const piece of cutPieces(problem.images, problem.classes, problem.pixels)) {
    if (cancelled()) break;
    const view = viewPiece(problem, piece);
    first.push(engine.first(plan, view));
    if (plan.valueNeedsSecond) second.push(engine.second(plan, view, coefficients));
  }
  return { first, second };
}

export default serve;
