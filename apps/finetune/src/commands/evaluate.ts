/** `pixelgrad-finetune evaluate`: IoU of a whole model over a split. */
import { PixelgradError } from "@pixelgrad/core";
import { loadDataset, requireClassIds, requirePreprocess, samplesOf } from "@pixelgrad/dataset";
import { inspect, OnnxModel } from "@pixelgrad/onnx";
import { availableCpus } from "@pixelgrad/pool";
import { evaluateModel } from "@pixelgrad/trainer";
import { Command } from "commander";
import type { Io } from "../io.ts";
import { iouTable } from "../iou-table.ts";
import { imageSpec, modelPreprocess } from "../model-preprocess.ts";
import { wholeNumber } from "../numbers.ts";

interface EvaluateFlags {
  readonly model: string;
  readonly data: string;
  readonly split: string;
  readonly threads: number;
  readonly json?: true;
}

export function evaluateCommand(io: Io): Command {
  return new Command("evaluate")
    .description("Measure a model on a data set.")
    .requiredOption("--model <file>", "an .onnx")
    .requiredOption("--data <file>", "a data.yaml")
    .option("--split <name>", "train, val or test", "val")
    .option("--threads <n>", "threads, one model each", wholeNumber(1), availableCpus())
    .option("--json", "print one JSON object")
    .action(async (flags: EvaluateFlags) => {
      const dataset = await loadDataset(flags.data);
      const samples = samplesOf(dataset, flags.split);
      await requireClassIds(dataset);
      const model = await OnnxModel.load(flags.model);
      const { channels } = inspect(model);
      if (channels !== dataset.classes && !(channels === 1 && dataset.classes === 2)) {
        throw new PixelgradError(
          "CLASS_COUNT_MISMATCH",
          `${flags.model} has ${channels} output channels, ${flags.data} has ${dataset.classes} classes: they must be equal, or 1 and 2.`,
          { channels, classes: dataset.classes },
        );
      }
      // A model that knows how it was trained is measured that way.
      const preprocess = modelPreprocess(model) ?? requirePreprocess(dataset);
      const read = { ...dataset, splits: {}, ...imageSpec(model, preprocess) };
      const result = await evaluateModel(model, samples, read, { threads: flags.threads, signal: io.signal });
      if (flags.json) {
        io.out(
          `${JSON.stringify({ split: flags.split, images: samples.length, names: dataset.names, ...result })}\n`,
        );
      } else {
        io.out(iouTable(dataset.names, result));
      }
    });
}
