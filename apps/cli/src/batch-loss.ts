/** Losses of many files as one batch: sums per piece come from the threads and are merged here, in file order. */
import { type Loss, type LossValue, PixelgradError } from "@pixelgrad/core";
import { OrderedPool } from "@pixelgrad/pool";
import type { FileJob, FileSums } from "./file-job.ts";
import type { FilePair } from "./file-pairs.ts";
import { inFiles } from "./in-files.ts";
import { LossTotal } from "./loss-sums.ts";

export interface BatchLossOptions {
  readonly threads: number;
  /** Whether each file is also wanted as a batch of its own. */
  readonly perFile: boolean;
  readonly signal: AbortSignal;
  /** Called once per file, in order. */
  onFile(): void;
}

export interface BatchLoss {
  readonly images: number;
  readonly classes: number;
  /** One per loss. */
  readonly results: readonly LossValue[];
  /** `[file][loss]`; empty unless wanted. */
  readonly perFile: readonly (readonly LossValue[])[];
}

/**
 * The losses of all pairs. Pieces are added up one by one in file order, so that the bits are those of one inline
 * call on all images, for any number of threads.
 * @throws PixelgradError of the first file, in order, that is refused; `CLASS_COUNT_MISMATCH`, `CANCELLED`.
 */
export async function batchLoss(
  losses: readonly Loss[],
  pairs: readonly FilePair[],
  { threads, perFile, signal, onFile }: BatchLossOptions,
): Promise<BatchLoss> {
  await using pool = new OrderedPool<FileJob, FileSums>({
    worker: new URL("./worker.js", import.meta.url),
    threads,
  });
  const specs = losses.map(({ id, options }) => ({ id, options }));
  let images = 0;
  let classes: number | undefined;
  let totals: LossTotal[] = [];
  const ofFiles: LossValue[][] = [];
  await pool.run(
    jobsOf(pairs, specs),
    (file, index) => {
      const pair = pairs[index]!;
      if (classes === undefined) {
        classes = file.classes;
        totals = losses.map((loss) => new LossTotal(loss.plan(file.classes)));
      }
      if (file.classes !== classes) throw classCountMismatch(pair, classes, file.classes, pairs[0]!);
      images += file.images;
      for (const [i, sums] of file.losses.entries()) totals[i]!.add(sums);
      if (perFile) ofFiles.push(valuesOf(losses, file, pair));
      onFile();
    },
    { signal },
  );
  return { images, classes: classes ?? 0, results: totals.map((total) => total.result()), perFile: ofFiles };
}

function* jobsOf(pairs: readonly FilePair[], losses: FileJob["losses"]): Generator<FileJob> {
  for (const pair of pairs) yield { pair, losses };
}

function valuesOf(losses: readonly Loss[], file: FileSums, pair: FilePair): LossValue[] {
  return inFiles(pair, () =>
    losses.map((loss, i) => {
      const total = new LossTotal(loss.plan(file.classes));
      total.add(file.losses[i]!);
      return total.result();
    }),
  );
}

function classCountMismatch(pair: FilePair, expected: number, got: number, first: FilePair): PixelgradError {
  return new PixelgradError(
    "CLASS_COUNT_MISMATCH",
    `Expected logits of ${expected} channels in all files, as in ${first.logits}, got ${got} in ${pair.logits}. ` +
      "Files of different models are different batches: give each a command of its own.",
    { path: pair.logits, expected, got },
  );
}
