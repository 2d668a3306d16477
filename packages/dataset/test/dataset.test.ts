import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isPixelgradError } from "@pixelgrad/core";
import { listImages, loadDataset, requirePreprocess, samplesOf } from "@pixelgrad/dataset";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

const png = pngFile({ width: 1, height: 1, depth: 8, colorType: 0, samples: [0] });
const twoSplits = {
  "images/train/b.jpg": png,
  "images/train/a/c.x.PNG": png,
  "images/train/._b.jpg": png,
  "images/train/notes.txt": "",
  "images/val/B.png": png,
  "images/val/a.png": png,
  "masks/train/b.png": png,
  "masks/train/a/c.x.png": png,
  "masks/train/orphan.png": png,
  "masks/val/B.png": png,
  "masks/val/a.PNG": png,
};
const yaml = "train: images/train\nval: images/val\nnames: { 1: Building, 0: Sky }\n";

async function load(files: Record<string, Uint8Array | string>) {
  return loadDataset(join(await folderWith(files), "data.yaml"));
}

describe("loadDataset", () => {
  test("pairs each image with the mask of its sub-folder and stem, in code-unit order", async () => {
    const dataset = await load({ ...twoSplits, "data.yaml": yaml });
    expect(samplesOf(dataset, "train").map(({ stem }) => stem)).toEqual(["a/c.x", "b"]);
    // Upper case sorts before lower case, in every locale.
    expect(samplesOf(dataset, "val").map(({ stem }) => stem)).toEqual(["B", "a"]);
    expect(samplesOf(dataset, "train")[0]).toEqual({
      image: join(dataset.root, "images/train/a/c.x.PNG"),
      mask: join(dataset.root, "masks/train/a/c.x.png"),
      stem: "a/c.x",
    });
    expect(samplesOf(dataset, "val")[1]?.mask).toBe(join(dataset.root, "masks/val/a.PNG"));
    expect(dataset).toMatchObject({ names: ["Sky", "Building"], classes: 2, ignore: [] });
  });

  test("gives plain data that JSON and structured clone keep", async () => {
    const dataset = await load({
      ...twoSplits,
      "data.yaml": `${yaml}ignore: [11]\npalette: [[1, 2, 3], [4, 5, 6]]\npreprocess: { size: [2, 3], color: bgr, mean: [0, 0, 0], std: [255, 255, 255] }\n`,
    });
    expect(JSON.parse(JSON.stringify(dataset))).toEqual(dataset);
    expect(structuredClone(dataset)).toEqual(dataset);
    expect(requirePreprocess(dataset)).toEqual({
      size: [2, 3],
      color: "bgr",
      mean: [0, 0, 0],
      std: [255, 255, 255],
    });
  });

  test("reads path, masks_dir, and masks beside images that are one folder deep", async () => {
    const dataset = await load({
      "sets/data.yaml": "path: ..\ntest: pictures\nmasks_dir: truth/ids\nbinary: { threshold: 128 }\n",
      "pictures/a.png": png,
      "truth/ids/a.png": png,
      "data.yaml": "path: .\ntest: pictures\nmasks_dir: truth/ids\nbinary: { threshold: 128 }\n",
    });
    expect(samplesOf(dataset, "test")[0]?.mask).toBe(join(dataset.root, "truth/ids/a.png"));
    expect(dataset).toMatchObject({ names: ["background", "foreground"], binary: { threshold: 128 } });
    const viaParent = await loadDataset(join(dataset.root, "sets/data.yaml"));
    expect(viaParent.splits).toEqual(dataset.splits);
  });

  test("follows links to folders, and stops where a link leads upwards", async () => {
    const folder = await folderWith({ ...twoSplits, "elsewhere/z.png": png, "masks/train/far/z.png": png });
    await writeFile(join(folder, "data.yaml"), yaml);
    await symlink(join(folder, "elsewhere"), join(folder, "images/train/far"));
    await symlink(join(folder, "images"), join(folder, "images/train/up"));
    await symlink(join(folder, "nowhere.png"), join(folder, "images/train/dangling.png"));
    const error = await failureOf(loadDataset(join(folder, "data.yaml")));
    // `up` shows images/val again, once, and those have no mask under masks/train/up.
    expect(error.context).toMatchObject({ count: 2, images: 5 });
  });

  test("takes no folder for an image, though it is called .png", async () => {
    const folder = await folderWith({ ...twoSplits, "data.yaml": yaml });
    await mkdir(join(folder, "images/train/folder.png"));
    expect(samplesOf(await loadDataset(join(folder, "data.yaml")), "train")).toHaveLength(2);
  });

  test("names the first image without a mask and counts them", async () => {
    const error = await failureOf(
      load({ "images/train/d.png": png, ...twoSplits, "images/train/c.png": png, "data.yaml": yaml }),
    );
    if (!isPixelgradError(error, "MASK_NOT_FOUND")) throw error;
    // The code narrows the context, through the built declarations.
    const image: string = error.context.image;
    expect(image).toMatch(/images\/train\/c\.png$/);
    expect(error.context).toMatchObject({ count: 2, images: 4 });
    expect(error.message).toMatch(
      /2 have none\. The first is .*images\/train\/c\.png: .*masks\/train\/c\.png does not exist/,
    );
  });

  test.each([
    ["an empty split", { "images/val/B.png": "", "images/val/a.png": "" }, "images/val", "SPLIT_EMPTY"],
    ["two images with one mask", { "images/train/b.png": png }, "", "IMAGE_DUPLICATE"],
  ])("refuses %s", async (_, more, remove, code) => {
    const files = Object.fromEntries(
      Object.entries(twoSplits).filter(([name]) => !remove || !name.startsWith(remove)),
    );
    const extra: Record<string, Uint8Array | string> = remove ? { "images/val/none.txt": "" } : more;
    expect((await failureOf(load({ ...files, ...extra, "data.yaml": yaml }))).code).toBe(code);
  });

  test("says which folder is missing", async () => {
    const error = await failureOf(
      load({ "images/train/a.png": png, "data.yaml": "train: images/train\nnames: [a]" }),
    );
    expect(error.code).toBe("DATA_FOLDER_NOT_FOUND");
    expect(error.message).toContain("masks/train");
    const file = await failureOf(load({ images: "a file", "data.yaml": "train: images\nnames: [a]" }));
    expect(file.code).toBe("DATA_FOLDER_NOT_FOUND");
  });

  test.each([
    ["train: ../outside\nnames: [a]", "inside"],
    ["train: .\nnames: [a]", "does not hold the masks"],
  ])("refuses a split whose masks cannot be told apart: %j", async (text, words) => {
    const error = await failureOf(load({ "masks/a.png": png, "data.yaml": text }));
    expect(error.code).toBe("DATA_YAML_INVALID");
    expect(error.message).toContain(words);
  });

  test("names the splits there are when another is asked for", async () => {
    const dataset = await load({ ...twoSplits, "data.yaml": yaml });
    expect(() => samplesOf(dataset, "test")).toThrow(/one of the splits train, val .* got "test"/);
    expect(() => samplesOf(dataset, "toString")).toThrow(/got "toString"/);
  });

  test("loads without preprocess; requirePreprocess then offers the usual ones", async () => {
    const dataset = await load({ ...twoSplits, "data.yaml": yaml });
    expect("preprocess" in dataset).toBe(false);
    expect(() => requirePreprocess(dataset)).toThrow(
      /mean: \[123\.675, 116\.28, 103\.53\], std: \[58\.395, 57\.12, 57\.375\] \}[\s\S]*\[127\.5, 127\.5, 127\.5\][\s\S]*\[255, 255, 255\]/,
    );
  });

  test("says that data.yaml is missing, a folder, or empty", async () => {
    const folder = await folderWith({ "empty.yaml": "" });
    expect((await failureOf(loadDataset(join(folder, "no.yaml")))).message).toContain(
      "there is no such file",
    );
    expect((await failureOf(loadDataset(folder))).message).toContain("it is a folder");
    expect((await failureOf(loadDataset(join(folder, "empty.yaml")))).message).toContain("got an empty file");
  });
});

describe("listImages", () => {
  test("lists PNG and JPEG files below a folder, with stems", async () => {
    const folder = await folderWith(twoSplits);
    expect((await listImages(join(folder, "images"))).map(({ stem }) => stem)).toEqual([
      "train/a/c.x",
      "train/b",
      "val/B",
      "val/a",
    ]);
    expect((await failureOf(listImages(join(folder, "none")))).code).toBe("DATA_FOLDER_NOT_FOUND");
  });
});
