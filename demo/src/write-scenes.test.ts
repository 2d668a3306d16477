import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderScene, scenePalette } from "./scenes.ts";
import { writeScenes } from "./write-scenes.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelgrad-scenes-"));
  await writeScenes(folder, { domain: "night", train: [4, 5], val: [6] });
});

afterAll(() => rm(folder, { recursive: true }));

test("numbers the images of each split from 0001, and gives each mask the name of its image", async () => {
  for (const kind of ["images", "masks"]) {
    expect(await readdir(join(folder, kind, "train"))).toEqual(["0001.png", "0002.png"]);
    expect(await readdir(join(folder, kind, "val"))).toEqual(["0001.png"]);
  }
});

test("writes images that read back to the bytes of the scene", async () => {
  const png = decode(await readFile(join(folder, "images/train/0002.png")));
  expect([png.width, png.height, png.channels]).toEqual([96, 64, 3]);
  expect(Buffer.from(png.data.buffer).equals(renderScene(5, "night").rgb)).toBe(true);
});

test("writes masks whose indices are class ids, coloured by the palette", async () => {
  const png = decode(await readFile(join(folder, "masks/val/0001.png")));
  expect([png.channels, png.depth]).toEqual([1, 8]);
  expect(Buffer.from(png.data.buffer).equals(renderScene(6, "night").mask)).toBe(true);
  expect(png.palette).toEqual(scenePalette);
});

test("describes the data set in data.yaml", async () => {
  expect(await readFile(join(folder, "data.yaml"), "utf8")).toMatchInlineSnapshot(`
    "path: .
    train: images/train
    val: images/val
    masks_dir: masks
    names: { 0: sky, 1: building, 2: road, 3: pavement, 4: tree, 5: car }
    preprocess: { size: [64, 96], color: rgb, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }
    "
  `);
});
