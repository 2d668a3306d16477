/** Public models that nobody here made, trained below their last layer, or under a new head; see PIXELGRAD_REAL in the README. */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseLoss } from "@pixelgrad/core";
import { loadDataset } from "@pixelgrad/dataset";
import { inspect, OnnxModel } from "@pixelgrad/onnx";
import { type TrainOptions, train } from "@pixelgrad/trainer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const real = resolve(
  process.env["PIXELGRAD_REAL"] ?? fileURLToPath(new URL("../../../../shared/real", import.meta.url)),
);

type Options = Pick<TrainOptions, "trainable" | "head" | "features"> & { readonly lr: number };

const sizes = {
  seg_deeplabv3_mnv2dm05_voc21: 257,
  seg_deeplabv3_mnv2dm05_person: 513,
  seg_pan_mnv3small_skin_clothes_hair: 512,
  seg_mediapipe_selfie: 256,
  seg_sinet_portrait: 320,
  seg_ppocrv2_text_det: 160,
  det_yolox_nano_coco: 416,
  cls_squeezenet1_1_fp16: 224,
  cls_mobilenetv2_int8_dynamic: 224,
} as const;

/** A name of one channel is trained on cracks, the others on streets. */
const binary = new Set(["seg_mediapipe_selfie", "seg_ppocrv2_text_det"]);

const cases: [keyof typeof sizes, string, Options][] = [
  ...(
    [
      "seg_deeplabv3_mnv2dm05_voc21",
      "seg_deeplabv3_mnv2dm05_person",
      "seg_pan_mnv3small_skin_clothes_hair",
      "seg_mediapipe_selfie",
      "seg_sinet_portrait",
      "seg_ppocrv2_text_det",
    ] as const
  ).flatMap((name): [keyof typeof sizes, string, Options][] => [
    [name, "its decoder", { trainable: "decoder", lr: 1e-3 }],
    [name, "all of it", { trainable: "all", lr: 3e-4 }],
  ]),
  ["det_yolox_nano_coco", "a new fcn", { head: "fcn", lr: 1e-3 }],
  ["det_yolox_nano_coco", "a new lraspp", { head: "lraspp", features: ["1028", "1112"], lr: 1e-3 }],
  ["cls_squeezenet1_1_fp16", "a new deeplabv3+", { head: "deeplabv3+", lr: 1e-3 }],
  ["cls_mobilenetv2_int8_dynamic", "a new lraspp", { head: "lraspp", lr: 1e-3 }],
];

describe.skipIf(!existsSync(real))("ten steps on two images lower the loss", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pixelgrad-depth-"));
    for (const data of ["camvid", "deepcrack256"]) {
      for (const part of ["images/train", "masks/train"]) {
        await mkdir(join(folder, data, part), { recursive: true });
        const files = (await readdir(join(real, "data", data, part))).sort();
        for (const file of files.slice(0, 2)) {
          await cp(join(real, "data", data, part, file), join(folder, data, part, file));
        }
        expect(files.map((file) => extname(file)).length).toBeGreaterThan(1);
      }
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(cases)("of %s: %s", async (name, _, options) => {
    const size = [sizes[name], sizes[name]] as const;
    const isBinary = binary.has(name);
    const data = join(folder, isBinary ? "deepcrack256" : "camvid");
    const classes = isBinary
      ? "names: [background, crack]\nbinary: { threshold: 128 }\n"
      : "names: [Sky, Building, Pole, Road, Pavement, Tree, Sign, Fence, Car, Pedestrian, Bicyclist]\nignore: [11]\n";
    const preprocess = `preprocess: { size: [${size}], color: rgb, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }\n`;
    const yaml = join(data, `${name}.yaml`);
    await writeFile(yaml, `path: .\ntrain: images/train\nmasks_dir: masks\n${classes}${preprocess}`);
    const dataset = await loadDataset(yaml);
    const model = await OnnxModel.load(join(real, "models", `${name}.onnx`));
    const losses: number[] = [];
    const out = join(folder, `${name}-${options.head ?? String(options.trainable)}`);
    const events = train({
      ...options,
      model,
      dataset,
      preprocess: { size, color: "rgb", mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
      ...(isBinary && { channels: 1 }),
      loss: parseLoss(isBinary ? "binary-cross-entropy" : "cross-entropy"),
      epochs: 10,
      batch: 2,
      threads: 2,
      out,
    });
    for await (const event of events) if (event.type === "step") losses.push(event.loss);
    expect(losses.length).toBe(10);
    expect(losses.at(-1), losses.join(", ")).toBeLessThan(losses[0] as number);
    expect(inspect(await OnnxModel.load(join(out, "last.onnx"))).channels).toBe(isBinary ? 1 : 11);
  });
});
