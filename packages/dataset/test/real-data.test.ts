import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadDataset, readMask, readMaskValues, readSample, samplesOf } from "@pixelgrad/dataset";
import { describe, expect, test } from "vitest";
import { folderWith } from "./temporary-folder.ts";

const real = process.env["PIXELGRAD_REAL"] ?? resolve(import.meta.dirname, "../../../../shared/real");
const has = (name: string) => existsSync(join(real, "data", name));
const names = "[Sky, Building, Pole, Road, Pavement, Tree, SignSymbol, Fence, Car, Pedestrian, Bicyclist]";

async function load(name: string, rest: string) {
  const folder = await folderWith({ "data.yaml": `path: ${join(real, "data", name)}\n${rest}` });
  return loadDataset(join(folder, "data.yaml"));
}

describe.skipIf(!has("camvid"))("camvid (needs PIXELGRAD_REAL)", () => {
  const rest = `train: images/train\nval: images/val\nnames: ${names}\n`;
  const input = {
    size: [257, 257],
    color: "rgb",
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
  } as const;

  test("pairs 120 and 40 images of 360 × 480, value 11 ignored", async () => {
    const dataset = await load("camvid", `${rest}ignore: [11]\n`);
    expect([samplesOf(dataset, "train").length, samplesOf(dataset, "val").length]).toEqual([120, 40]);
    const sample = samplesOf(dataset, "val")[0]!;
    const { image, mask } = await readSample(sample, { ...dataset, ...input, layout: "NHWC" });
    expect([image.dims, mask.dims]).toEqual([
      [1, 257, 257, 3],
      [1, 257, 257],
    ]);
    expect(image.data.every((value) => value >= -1 && value <= 1)).toBe(true);
    // Stored counts and counts at the original size agree, 11 having become 255.
    const { counts } = await readMaskValues(sample.mask);
    const original = await readMask(sample.mask, dataset);
    expect(original.dims).toEqual([1, 360, 480]);
    for (const { value, pixels } of counts) {
      const label = value === 11 ? 255 : value;
      expect(original.data.filter((id) => id === label)).toHaveLength(pixels);
    }
  });

  test("holds classes 0 to 10, 11 and nothing else in all 160 masks", async () => {
    const dataset = await load("camvid", rest);
    const seen = new Set<number>();
    for (const { mask } of [...samplesOf(dataset, "train"), ...samplesOf(dataset, "val")]) {
      for (const { value } of (await readMaskValues(mask)).counts) seen.add(value);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, id) => id));
  });

  test("says that 11 is unknown when it is not ignored", async () => {
    const dataset = await load("camvid", rest);
    const reading = Promise.all(samplesOf(dataset, "val").map(({ mask }) => readMask(mask, dataset)));
    await expect(reading).rejects.toMatchObject({ code: "MASK_VALUE_UNKNOWN", context: { value: 11 } });
  });
});

describe.skipIf(!has("deepcrack256"))("deepcrack256 (needs PIXELGRAD_REAL)", () => {
  const rest = "train: images/train\ntest: images/test\n";

  test("pairs 150 and 60 JPEGs with PNG masks; 2 % to 6 % of the test pixels are cracks", async () => {
    const dataset = await load("deepcrack256", `${rest}binary: { threshold: 128 }\n`);
    expect([samplesOf(dataset, "train").length, samplesOf(dataset, "test").length]).toEqual([150, 60]);
    let cracks = 0;
    for (const { mask } of samplesOf(dataset, "test")) {
      const { data, dims } = await readMask(mask, dataset);
      expect(dims).toEqual([1, 256, 256]);
      for (const id of data) {
        if (id > 1) throw new Error(`id ${id} in ${mask}`);
        cracks += id;
      }
    }
    const share = cracks / (60 * 256 * 256);
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.06);
  });

  test("suggests binary when its RGB masks are taken for ids", async () => {
    const dataset = await load("deepcrack256", `${rest}names: [pavement, crack]\n`);
    await expect(readMask(samplesOf(dataset, "test")[0]!.mask, dataset)).rejects.toThrow(
      /binary: \{ threshold: 128 \}/,
    );
  });
});
