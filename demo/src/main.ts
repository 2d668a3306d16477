/**
 * The demo: a model that knows streets by day is fine-tuned, on this machine's CPU threads, to streets by night.
 *
 *   npx -y pnpm@10 demo
 */
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadDataset, requirePreprocess, samplesOf } from "@pixelgrad/dataset";
import { type Io, run } from "@pixelgrad/finetune";
import { OnnxModel } from "@pixelgrad/onnx";
import { evaluateModel } from "@pixelgrad/trainer";
import { dayModelPath, nightSeeds, unseenDaySeeds, unseenNightSeeds } from "./demo-data.ts";
import { sceneHeight, sceneWidth } from "./scenes.ts";
import { writeScenes } from "./write-scenes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = join(root, "runs", "demo");
const day = join(out, "day");
const night = join(out, "night");
const unseenNight = join(out, "night-unseen");

const interrupt = new AbortController();
process.on("SIGINT", () => interrupt.abort());
const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ...(process.stderr.isTTY && { terminal: process.stderr }),
  signal: interrupt.signal,
};

const code = await demo();
process.exitCode = interrupt.signal.aborted ? 130 : code;

async function demo(): Promise<number> {
  await rm(out, { recursive: true, force: true });
  await writeScenes(day, { domain: "day", ...unseenDaySeeds });
  await writeScenes(night, { domain: "night", ...nightSeeds });
  await writeScenes(unseenNight, { domain: "night", ...unseenNightSeeds });
  io.out("pixelgrad demo: a street model made for the day learns the night.\n\n");
  const before = await miou(dayModelPath, unseenNight);
  io.out(
    `The bundled model on scenes it has not seen: day mIoU ${await miou(dayModelPath, day)}, night ${before}\n\n`,
  );

  const model = join(out, "run", "model.onnx");
  const trainArguments = [
    "--model",
    dayModelPath,
    "--data",
    join(night, "data.yaml"),
    "--out",
    join(out, "run"),
  ];
  const recipe = ["--loss", "cross-entropy + dice", "--epochs", "25"];
  const trained = await run(["train", ...trainArguments, ...recipe], io);
  if (trained !== 0) return trained;
  const images = join(night, "images", "val");
  const predicted = await run(["predict", "--model", model, "--out", join(out, "masks"), images], io);
  if (predicted !== 0) return predicted;
  const after = await miou(model, unseenNight);
  io.out(
    `\nOn ${unseenNightSeeds.val.length} night scenes that no model has seen: mIoU ${before} → ${after}\n`,
  );
  io.out(
    `Everything is in ${relative(process.cwd(), out) || out}: run/model.onnx, run/report.html, masks/.\n`,
  );
  return 0;
}

async function miou(model: string, folder: string): Promise<string> {
  const dataset = await loadDataset(join(folder, "data.yaml"));
  const read = {
    ...dataset,
    splits: {},
    ...requirePreprocess(dataset),
    size: [sceneHeight, sceneWidth],
    layout: "NCHW",
  } as const;
  const result = await evaluateModel(await OnnxModel.load(model), samplesOf(dataset, "val"), read);
  return (result.miou ?? 0).toFixed(3);
}
