/** `pixelgrad loss`: one or more losses of many files, as one batch. */
import { type Loss, PixelgradError, parseLoss } from "@pixelgrad/core";
import { writeAtomically } from "@pixelgrad/dataset";
import { availableCpus } from "@pixelgrad/pool";
import { Command, InvalidArgumentError } from "commander";
import { type BatchLoss, batchLoss } from "../batch-loss.ts";
import { pairFiles } from "../file-pairs.ts";
import type { Io } from "../io.ts";
import { perImageCsv } from "../per-image-csv.ts";
import { showProgress } from "../progress.ts";
import { lossTable } from "../table.ts";

interface LossCommandOptions {
  readonly loss: readonly string[];
  readonly logits: string;
  readonly masks: string;
  readonly threads?: number;
  readonly perImage?: string;
  readonly json?: true;
}

export function lossCommand(io: Io): Command {
  return new Command("loss")
    .description("Compute losses of predictions against masks; all files together are one batch.")
    .requiredOption("--loss <expression>", "such as 'cross-entropy + 0.5*dice'; may be repeated", collect)
    .requiredOption("--logits <pattern>", "float .npy files, [C, ...spatial] or [N, C, ...spatial]")
    .requiredOption("--masks <pattern>", "files of the same names: .png (grey or palette) or .npy")
    .option("--threads <n>", "worker threads (default: the CPUs this process may use)", threadCount)
    .option("--per-image <file.csv>", "also write the losses of each file on its own")
    .option("--json", "print one JSON object")
    .action((options: LossCommandOptions) => runLoss(io, options));
}

async function runLoss(io: Io, options: LossCommandOptions): Promise<void> {
  const losses = options.loss.map(parseReducedLoss);
  const pairs = await pairFiles(options.logits, options.masks);
  // More threads than files would start for nothing.
  const threads = Math.min(options.threads ?? availableCpus(), pairs.length);
  const progress = showProgress(io, pairs.length, threads);
  const batch = await batchLoss(losses, pairs, {
    threads,
    perFile: options.perImage !== undefined,
    signal: io.signal,
    onFile: progress.advance,
  }).finally(progress.end);
  if (options.perImage !== undefined) {
    await writeAtomically(options.perImage, perImageCsv(options.loss, pairs, batch));
  }
  io.out(options.json ? lossJson(options.loss, pairs.length, batch) : lossTable(options.loss, batch));
}

function lossJson(
  expressions: readonly string[],
  files: number,
  { results, images, classes }: BatchLoss,
): string {
  const losses = results.map((result, i) => ({ loss: expressions[i], ...result }));
  return `${JSON.stringify({ losses, files, images, classes })}\n`;
}

function parseReducedLoss(expression: string): Loss {
  const loss = parseLoss(expression);
  if (loss.options["reduction"] !== "none") return loss;
  throw new PixelgradError(
    "OPTION_UNSUPPORTED",
    `In '${expression}': reduction must be mean or sum here, got none. For a value per image use --per-image.`,
    { loss: loss.id, option: "reduction" },
  );
}

function collect(expression: string, before: readonly string[] = []): readonly string[] {
  return [...before, expression];
}

function threadCount(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new InvalidArgumentError("Expected a whole number, at least 1.");
}
