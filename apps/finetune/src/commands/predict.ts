/** `pixelgrad-finetune predict`: palette masks and overlays of images. */
import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { PixelgradError } from "@pixelgrad/core";
import {
  defaultPalette,
  imageSize,
  listImages,
  requirePreprocess,
  resizeNearest,
  writeOverlay,
  writePaletteMask,
} from "@pixelgrad/dataset";
import { inspect, OnnxModel, readModelCard } from "@pixelgrad/onnx";
import { availableCpus } from "@pixelgrad/pool";
import { predictImages } from "@pixelgrad/trainer";
import { Command } from "commander";
import { glob } from "tinyglobby";
import type { Io } from "../io.ts";
import { imageSpec, modelPreprocess } from "../model-preprocess.ts";
import { wholeNumber } from "../numbers.ts";

interface PredictFlags {
  readonly model: string;
  readonly out: string;
  readonly threads: number;
}

export function predictCommand(io: Io): Command {
  return new Command("predict")
    .description("Write a palette mask and an overlay for each image, at the image's size.")
    .requiredOption("--model <file>", "an .onnx that was fine-tuned here")
    .requiredOption("--out <folder>", "where NAME.png and overlays/NAME.png go")
    .option("--threads <n>", "threads, one model each", wholeNumber(1), availableCpus())
    .argument("<images...>", "files, folders or patterns")
    .action(async (patterns: readonly string[], flags: PredictFlags) => {
      const model = await OnnxModel.load(flags.model);
      const read = imageSpec(
        model,
        modelPreprocess(model) ?? requirePreprocess({ path: `the metadata of ${flags.model}` }),
      );
      const images = await findImages(patterns);
      const palette = readModelCard(model)?.palette ?? defaultPalette(Math.max(2, inspect(model).channels));
      const stems = new Map(images.map(({ image, stem }) => [image, stem]));
      const write = async (
        { labels, height, width }: { labels: Uint8Array; height: number; width: number },
        image: string,
      ) => {
        const size = await imageSize(image);
        const ids = resizeNearest(labels, [height, width], [size.height, size.width]);
        const name = `${stems.get(image)}.png`;
        await writePaletteMask(join(flags.out, name), ids, size.width, size.height, palette);
        await writeOverlay(join(flags.out, "overlays", name), image, ids, size.width, size.height, palette);
      };
      const paths = images.map(({ image }) => image);
      await predictImages(model, paths, read, write, { threads: flags.threads, signal: io.signal });
      io.out(
        `${images.length} ${images.length === 1 ? "mask" : "masks"} in ${flags.out}, overlays in ${join(flags.out, "overlays")}\n`,
      );
    });
}

interface NamedImage {
  readonly image: string;
  readonly stem: string;
}

/** Images of folders (with their sub-folders), files and patterns, each once. */
async function findImages(patterns: readonly string[]): Promise<NamedImage[]> {
  const found = new Map<string, NamedImage>();
  for (const pattern of patterns) {
    for (const image of await imagesOf(pattern)) found.set(image.image, image);
  }
  if (found.size === 0) {
    throw new PixelgradError(
      "IMAGES_NOT_FOUND",
      `No image matches ${patterns.join(" ")}: expected PNG or JPEG files, a folder of them, or a pattern.`,
      { patterns },
    );
  }
  const images = [...found.values()];
  requireDistinctStems(images);
  return images;
}

/** Two images of one name would write the same mask. */
function requireDistinctStems(images: readonly NamedImage[]): void {
  const first = new Map<string, string>();
  for (const { image, stem } of images) {
    const other = first.get(stem);
    if (other !== undefined) {
      throw new PixelgradError(
        "IMAGE_NAMES_COLLIDE",
        `${other} and ${image} would both be written as ${stem}.png: predict their folders one at a time.`,
        { images: [other, image] },
      );
    }
    first.set(stem, image);
  }
}

async function imagesOf(pattern: string): Promise<readonly NamedImage[]> {
  const kind = await stat(pattern).catch(() => undefined);
  if (kind?.isDirectory()) return listImages(pattern);
  const files = kind?.isFile() ? [pattern] : (await glob(pattern)).sort();
  return files.map((image) => ({ image, stem: basename(image, extname(image)) }));
}
