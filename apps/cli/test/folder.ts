/** Seeded predictions and masks in a folder that is removed after the tests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Tensor, tensor } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { defaultPalette, writeNpy, writePaletteMask } from "@pixelgrad/dataset";
import { afterAll } from "vitest";

/** A new temporary folder. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pixelgrad-cli-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Batch {
  readonly logits: Tensor<Float32Array>;
  readonly labels: Tensor<Uint8Array>;
}

/** Logits `[count, classes, height, width]` and labels, 255 here and there. */
export function seededBatch(
  seed: number,
  count: number,
  classes: number,
  height: number,
  width: number,
): Batch {
  const random = seededRandom(seed);
  const pixels = count * height * width;
  const values = Math.max(2, classes);
  const labels = Uint8Array.from({ length: pixels }, () => Math.floor(random() * values));
  return {
    logits: tensor(uniformArray(random, pixels * classes, 3), [count, classes, height, width]),
    labels: tensor(labels, [count, height, width]),
  };
}

/** Each image of a batch as `pred/<name>.npy`, `[C, height, width]`, and `masks/<name>.png`. */
export async function writeImages(
  folder: string,
  { logits, labels }: Batch,
  name: (i: number) => string = (i) => `image-${i}`,
): Promise<void> {
  const [count = 0, classes = 0, height = 0, width = 0] = logits.dims;
  const pixels = height * width;
  for (let i = 0; i < count; i++) {
    const image = logits.data.slice(i * classes * pixels, (i + 1) * classes * pixels);
    const mask = labels.data.slice(i * pixels, (i + 1) * pixels);
    await writeNpy(join(folder, "pred", `${name(i)}.npy`), tensor(image, [classes, height, width]));
    await writePaletteMask(join(folder, "masks", `${name(i)}.png`), mask, width, height, defaultPalette(21));
  }
}
