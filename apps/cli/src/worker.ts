/** A thread of `pixelgrad loss`: reads a pair of files and runs the maps of the losses on it. */
import { inlineEngine, lossFrom, openCall } from "@pixelgrad/core";
import { type Serve, serveJobs } from "@pixelgrad/pool";
import { batchDims } from "./batch-dims.ts";
import type { FileJob, FileSums } from "./file-job.ts";
import { inFiles } from "./in-files.ts";
import { lossSums } from "./loss-sums.ts";
import { readPair } from "./read-pair.ts";

const serve: Serve<FileJob, FileSums> = serveJobs(async ({ pair, losses }, cancelled) => {
  const stored = await readPair(pair);
  return inFiles(pair, () => {
    const dims = batchDims(stored.logits.dims, stored.mask.dims);
    const logits = { data: stored.logits.data, dims: dims.logits };
    const mask = { data: stored.mask.data, dims: dims.mask };
    const sumsOf = (spec: FileJob["losses"][number]) =>
      lossSums(openCall(lossFrom(spec).plan, logits, mask, false), inlineEngine(), cancelled);
    const [images = 1, classes = 1] = dims.logits;
    return { images, classes, losses: losses.map(sumsOf) };
  });
});

export default serve;
