/**
 * Makes `demo/day.onnx`: the demo's network trained on day scenes, every weight of it, by this project's own gradients.
 *
 *   pnpm build && node demo/dist/make-day-model.js
 *
 * The same seeds give the same file on machines whose onnxruntime kernels round alike.
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crossEntropy } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import { loadDataset, requirePreprocess } from "@pixelgrad/dataset";
import { train } from "@pixelgrad/trainer";
import { untrainedModel, weightNames } from "./day-model.ts";
import { dayModelPath, daySeeds } from "./demo-data.ts";
import { sceneHeight, sceneWidth } from "./scenes.ts";
import { writeScenes } from "./write-scenes.ts";

const EPOCHS = 50;
const SEED = 1;

const folder = await mkdtemp(join(tmpdir(), "pixelgrad-day-"));
try {
  await writeScenes(folder, { domain: "day", ...daySeeds });
  const dataset = await loadDataset(join(folder, "data.yaml"));
  const model = untrainedModel(gaussianFrom(seededRandom(SEED)));
  const events = train({
    model,
    dataset,
    preprocess: { ...requirePreprocess(dataset), size: [sceneHeight, sceneWidth] },
    loss: crossEntropy(),
    trainable: weightNames(model),
    out: join(folder, "run"),
    epochs: EPOCHS,
    batch: 8,
    lr: 0.003,
    seed: SEED,
  });
  for await (const event of events) {
    if (event.type === "epoch")
      console.log(`epoch ${event.epoch}: loss ${event.trainLoss}, day mIoU ${event.miou}`);
    if (event.type === "done") await copyFile(event.model, dayModelPath);
  }
} finally {
  await rm(folder, { recursive: true });
}

/** Box-Muller. */
function gaussianFrom(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
