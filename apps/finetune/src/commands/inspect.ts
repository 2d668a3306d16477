/** `pixelgrad-finetune inspect`: what a model looks like, where it would be cut, and where a new head could start. */

import { elementCount, isPixelgradError, type PixelgradError } from "@pixelgrad/core";
import type { Size } from "@pixelgrad/dataset";
import {
  candidateCuts,
  candidateFeatures,
  type Inspection,
  imageInput,
  inspect,
  OnnxModel,
  readModelCard,
} from "@pixelgrad/onnx";
import { Command } from "commander";
import { describeModel } from "../describe-model.ts";
import type { Io } from "../io.ts";
import { knownSize } from "../known-size.ts";
import { parseSize } from "../numbers.ts";

interface InspectFlags {
  readonly size?: Size;
  readonly features?: true;
  readonly json?: true;
}

export function inspectCommand(io: Io): Command {
  return new Command("inspect")
    .description(
      "Show a model's input, outputs, classifier and cuts; of a classifier or a detector, where a new head could start.",
    )
    .argument("<model>", "an .onnx file")
    .option("--size <height>x<width>", "of the image, for a model that leaves it open", parseSize)
    .option("--features", "show where a new head could start also of a model with a segmentation output")
    .option("--json", "print one JSON object")
    .action(async (path: string, options: InspectFlags) => {
      const model = await OnnxModel.load(path);
      const found = inspectionOf(model, options);
      const inspection = isPixelgradError(found) ? undefined : found;
      const input = inspection?.input ?? imageInput(model);
      const size = options.size ?? knownSize(model, input);
      const listed = size !== undefined && (inspection === undefined || options.features);
      const card = readModelCard(model);
      const facts = {
        model: path,
        opset: model.opset,
        nodes: model.graph.node.length,
        input: { name: input.name, dims: input.dims, type: input.type, layout: input.layout },
        outputs: model.outputs,
        ...(inspection === undefined ? { output: null } : await segmentation(model, inspection, size)),
        features: listed ? await candidateFeatures(model, size) : null,
        names: card?.names ?? null,
        preprocess: card?.preprocess ?? null,
      };
      io.out(options.json ? `${JSON.stringify(facts)}\n` : describeModel(model, facts, found));
    });
}

/** Or why there is none. With `--features`, one that cannot be trained is no reason to stop. */
function inspectionOf(model: OnnxModel, { features }: InspectFlags): Inspection | PixelgradError {
  try {
    return inspect(model);
  } catch (error) {
    if (isPixelgradError(error, "NO_SEGMENTATION_OUTPUT")) return error;
    if (features && isPixelgradError(error, "CLASSIFIER_UNSUPPORTED")) return error;
    throw error;
  }
}

/** The facts of a segmentation output. */
async function segmentation(
  model: OnnxModel,
  { output, classifier, channels, logits, tail, resizes }: Inspection,
  size: Size | undefined,
) {
  const bias = classifier.bias === undefined ? 0 : channels;
  return {
    output,
    channels,
    classifier: {
      op: classifier.op,
      weight: classifier.weight,
      dims: classifier.weightDims,
      bias: classifier.bias ?? null,
      parameters: elementCount(classifier.weightDims) + bias,
    },
    cut: classifier.features,
    logits,
    tail: tail.map(({ opType }) => opType),
    cuts: size === undefined ? null : await candidateCuts(model, size),
    resizes: resizes.map(({ nodes: _nodes, ...resize }) => resize),
  };
}
