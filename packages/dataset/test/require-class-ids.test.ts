import { join } from "node:path";
import { loadDataset, requireClassIds } from "@pixelgrad/dataset";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

function mask(...samples: readonly number[]): Uint8Array {
  return pngFile({ width: samples.length, height: 1, depth: 8, colorType: 0, samples });
}

async function load(train: Uint8Array, val: Uint8Array, yaml = "names: [ground, crack]") {
  const folder = await folderWith({
    "images/train/a.png": train,
    "masks/train/a.png": train,
    "images/val/b.png": val,
    "masks/val/b.png": val,
    "data.yaml": `train: images/train\nval: images/val\n${yaml}\n`,
  });
  return loadDataset(join(folder, "data.yaml"));
}

describe("requireClassIds", () => {
  test("refuses masks of 0 and 255 alone, and names the first with 255 and what to add", async () => {
    const dataset = await load(mask(0, 0), mask(0, 255));
    const error = await failureOf(requireClassIds(dataset));
    expect(error.code).toBe("MASKS_BLACK_AND_WHITE");
    expect(error.context).toEqual({ path: dataset.path, mask: join(dataset.root, "masks/val/b.png") });
    expect(error.message).toContain('"binary: { threshold: 128 }"');
  });

  test.each([
    ["another class in the same mask", mask(0, 1, 255), mask(0, 255)],
    ["another class in another split", mask(0, 255), mask(0, 1)],
    ["a value that is no class, which reading refuses", mask(0, 255), mask(0, 128)],
    ["no 255", mask(0, 0), mask(0)],
  ])("takes %s", async (_what, train, val) => {
    await expect(requireClassIds(await load(train, val))).resolves.toBeUndefined();
  });

  test("takes black and white masks with binary", async () => {
    const dataset = await load(mask(0, 255), mask(0, 255), "binary: { threshold: 128 }");
    await expect(requireClassIds(dataset)).resolves.toBeUndefined();
  });

  test("leaves RGB masks to their own error", async () => {
    const rgb = pngFile({ width: 1, height: 1, depth: 8, colorType: 2, samples: [255, 255, 255] });
    await expect(requireClassIds(await load(rgb, rgb))).resolves.toBeUndefined();
  });
});
