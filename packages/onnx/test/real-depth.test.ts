/**
 * Gradients of public models below their last layer. Differences are taken along the gradient itself, its entries
 * scaled by chance: along a random direction the derivative of a deep network drowns in float32.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { elementCount } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  attachHead,
  headWeights,
  OnnxModel,
  requireSameLogits,
  type Trainable,
  trainingGraphs,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { dot } from "./support/dot.ts";
import { TrainingStep } from "./support/training-step.ts";

const folder = resolve(
  process.env["PIXELGRAD_REAL"] ?? fileURLToPath(new URL("../../../../shared/real", import.meta.url)),
  "models",
);

const models = {
  seg_deeplabv3_mnv2dm05_voc21: [257, 257],
  seg_deeplabv3_mnv2dm05_person: [513, 513],
  seg_pan_mnv3small_skin_clothes_hair: [512, 512],
  seg_mediapipe_selfie: [256, 256],
  seg_sinet_portrait: [320, 320],
  seg_ppocrv2_text_det: [160, 160],
} as const;

/** Steps of the differences, in parts of the length of the weights: kinks spoil large ones, rounding small ones. */
const STEPS = [3e-5, 1e-5, 3e-6, 1e-6, 3e-7];

const cases = Object.entries(models).flatMap(([name, size]) =>
  (["decoder", "all"] as const).map((trainable) => [name, trainable, size] as const),
);

describe.skipIf(!existsSync(folder))("gradients of real models", { timeout: 120_000 }, () => {
  test.each(cases)("%s, %s: within 1e-2 of differences", async (name, trainable, size) => {
    const model = await OnnxModel.load(resolve(folder, `${name}.onnx`));
    await holdToDifferences(model, trainable, size);
  });

  test.each([
    ["det_yolox_nano_coco", "fcn", [416, 416]],
    ["cls_squeezenet1_1_fp16", "deeplabv3+", [224, 224]],
    ["cls_mobilenetv2_int8_dynamic", "lraspp", [224, 224]],
  ] as const)("%s under a new %s: within 1e-2 of differences", async (name, head, size) => {
    const backbone = await OnnxModel.load(resolve(folder, `${name}.onnx`));
    const model = await attachHead(backbone, { head, channels: 5, size, seed: 2 });
    await holdToDifferences(model, headWeights(backbone, model), size);
  });
});

async function holdToDifferences(
  model: OnnxModel,
  trainable: Trainable,
  size: readonly [number, number],
): Promise<void> {
  const graphs = await trainingGraphs(model, { trainable, size });
  await requireSameLogits(model, graphs);
  const step = await TrainingStep.open(graphs);
  try {
    const random = seededRandom(7);
    const image = uniformArray(random, elementCount(graphs.input.dims));
    const functional = uniformArray(random, elementCount(graphs.logits.dims)).map((v) => v + 1);
    const features = await step.features(image);
    const grads = await step.gradients(features, functional);
    const direction = Object.fromEntries(
      Object.entries(grads).map(([weight, grad]) => {
        const chance = uniformArray(random, grad.length, 0.5);
        return [weight, grad.map((g, i) => g * (1 + (chance[i] as number)))];
      }),
    );
    const all = Object.entries(direction);
    const length = Math.sqrt(all.reduce((sum, [, d]) => sum + dot(d, d), 0));
    const size = Math.sqrt(graphs.parameters.reduce((sum, { data }) => sum + dot(data, data), 0));
    const errors: number[] = [];
    for (const part of STEPS) {
      const by = (part * size) / length;
      const { change, expected } = await step.changeAlong(features, functional, grads, direction, by);
      errors.push(relativeError([change], [expected]));
      if ((errors.at(-1) as number) < 1e-2) break;
    }
    expect(Math.min(...errors), `of ${errors.join(", ")}`).toBeLessThan(1e-2);
  } finally {
    await step.close();
  }
}
