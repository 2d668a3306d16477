/** `pixelgrad-finetune train`: a data set and a model in, a fine-tuned model and a report out. */
import { join } from "node:path";
import { parseLoss } from "@pixelgrad/core";
import { loadDataset, requirePreprocess } from "@pixelgrad/dataset";
import { type HeadName, headNames, OnnxModel, type Trainable } from "@pixelgrad/onnx";
import { availableCpus } from "@pixelgrad/pool";
import {
  type OptimizerName,
  type ResizeChoice,
  resizeChoices,
  type TrainEvent,
  train,
  trainDefaults,
} from "@pixelgrad/trainer";
import { Command, Option } from "commander";
import type { Io } from "../io.ts";
import { iouTable } from "../iou-table.ts";
import { imageSpec, modelPreprocess } from "../model-preprocess.ts";
import { nonNegativeNumber, positiveNumber, wholeNumber } from "../numbers.ts";
import { parseNames, parseTrainable } from "../parse-trainable.ts";
import { trainProgress } from "../progress.ts";
import { renderReport } from "../report/report.ts";
import { RunFolder } from "../run-folder.ts";

interface TrainFlags {
  readonly model: string;
  readonly data: string;
  readonly loss?: string;
  readonly epochs: number;
  readonly batch: number;
  readonly lr: number;
  readonly optimizer: OptimizerName;
  readonly weightDecay: number;
  readonly threads: number;
  readonly seed: number;
  readonly out: string;
  readonly trainable?: Trainable;
  readonly head?: HeadName;
  readonly features?: readonly string[];
  readonly channels?: number;
  readonly resize: ResizeChoice;
}

export function trainCommand(io: Io): Command {
  return new Command("train")
    .description("Fine-tune a model on a data set.")
    .requiredOption("--model <file>", "the .onnx to start from")
    .requiredOption("--data <file>", "a data.yaml")
    .requiredOption("--out <folder>", "the run folder: models, metrics and report")
    .option(
      "--loss <expression>",
      'e.g. "cross-entropy + dice"; default: cross-entropy, or binary-cross-entropy for one channel',
    )
    .option("--epochs <n>", "passes over the training images", wholeNumber(1), trainDefaults.epochs)
    .option("--batch <n>", "images per step", wholeNumber(1), trainDefaults.batch)
    .option("--lr <rate>", "learning rate of the first step", positiveNumber, trainDefaults.lr)
    .addOption(new Option("--optimizer <name>").choices(["adamw", "sgd"]).default(trainDefaults.optimizer))
    .option("--weight-decay <rate>", "weight decay", nonNegativeNumber, trainDefaults.weightDecay)
    .option("--threads <n>", "replicas, one thread each", wholeNumber(1), availableCpus())
    .option(
      "--seed <n>",
      "decides the new classifier and the order of images",
      wholeNumber(0),
      trainDefaults.seed,
    )
    .option(
      "--trainable <what>",
      "last (default, without a new head), decoder or all; or names, with commas between: of weights, or of tensors behind which all is trained",
      parseTrainable,
    )
    .addOption(
      new Option("--head <name>", "a new head, for a model that need not segment").choices(headNames),
    )
    .option(
      "--features <names>",
      "tensors the new head stands on, with commas between, high resolution first",
      parseNames,
    )
    .option("--channels <n>", "output channels; 1 makes a binary model", wholeNumber(1))
    .addOption(
      new Option("--resize <coordinates>", "of the model's final resize: as they are, or replaced")
        .choices(resizeChoices)
        .default(trainDefaults.resize),
    )
    .action(async (flags: TrainFlags) => {
      const dataset = await loadDataset(flags.data);
      const model = await OnnxModel.load(flags.model);
      const preprocess = imageSpec(
        model,
        dataset.preprocess ?? modelPreprocess(model) ?? requirePreprocess(dataset),
      );
      const channels = flags.channels ?? dataset.classes;
      const expression = flags.loss ?? (channels === 1 ? "binary-cross-entropy" : "cross-entropy");
      const { layout: _layout, ...saved } = preprocess;
      const config = { ...flags, channels, loss: expression };
      const folder = new RunFolder(flags.out);
      const progress = trainProgress(io);
      let last: TrainEvent | undefined;
      try {
        const { model: _model, data: _data, loss: _loss, ...options } = flags;
        const events = train({
          ...options,
          channels,
          model,
          dataset,
          preprocess: saved,
          loss: parseLoss(expression),
          signal: io.signal,
        });
        for await (const event of events) {
          progress.show(event);
          if (event.type === "start") await folder.writeConfig(config);
          if (event.type === "epoch") await folder.addEpoch(event);
          last = event;
        }
      } finally {
        progress.end();
      }
      if (last?.type !== "done") return;
      const report = await folder.writeReport(
        renderReport({
          title: `Fine-tuning of ${flags.model}`,
          createdAt: new Date().toISOString(),
          settings: Object.entries(config).map(([name, value]) => [name, String(value)]),
          names: dataset.names,
          palette: dataset.palette,
          before: last.before,
          epochs: folder.epochs,
          best: last.best.epoch,
        }),
      );
      io.out(iouTable(dataset.names, last.best, last.before));
      io.out(`\nmodel   ${last.model} (epoch ${last.best.epoch})\n`);
      io.out(`last    ${join(flags.out, "last.onnx")}\n`);
      io.out(`report  ${report}\n`);
    });
}
