import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  defaultPalette,
  readImage,
  readMask,
  readMaskValues,
  writeAtomically,
  writeOverlay,
  writePaletteMask,
} from "@pixelgrad/dataset";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

describe("writePaletteMask", () => {
  test("writes ids that read back as the same ids, and show as the palette's colours", async () => {
    const path = join(await folderWith({}), "sub/mask.png");
    const ids = Uint8Array.of(0, 1, 2, 2, 1, 0);
    await writePaletteMask(path, ids, 3, 2, defaultPalette(3));
    expect(await readMask(path, { classes: 3, ignore: [] })).toEqual({ data: ids, dims: [1, 2, 3] });
    expect(await readMaskValues(path)).toMatchObject({ form: "palette", depth: 8 });
    const { data } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 9)]).toEqual([0, 0, 0, 128, 0, 0, 0, 128, 0]);
  });

  test("writes ids beyond the palette: 255 in cream, others black", async () => {
    const path = join(await folderWith({}), "mask.png");
    await writePaletteMask(path, Uint8Array.of(1, 9, 255), 3, 1, defaultPalette(2));
    expect((await readMask(path, { classes: 10, ignore: [] })).data).toEqual(Uint8Array.of(1, 9, 255));
    const data = await sharp(path).removeAlpha().raw().toBuffer();
    expect([...data]).toEqual([128, 0, 0, 0, 0, 0, 224, 224, 192]);
  });

  test.each([
    [Uint8Array.of(0, 0), 3, 1, defaultPalette(2), "SHAPE_MISMATCH"],
    [new Uint8Array(0), 0, 0, defaultPalette(2), "SHAPE_MISMATCH"],
    [Uint8Array.of(0), 1, 1, [], "PALETTE_INVALID"],
    [Uint8Array.of(0), 1, 1, defaultPalette(257), "PALETTE_INVALID"],
    [Uint8Array.of(0), 1, 1, [[0, 0, 300] as const], "PALETTE_INVALID"],
  ])("refuses ids %j of %i × %i with such a palette", async (ids, width, height, palette, code) => {
    const folder = await folderWith({});
    await expect(writePaletteMask(join(folder, "a.png"), ids, width, height, palette)).rejects.toMatchObject({
      code,
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("writeOverlay", () => {
  const spec = { size: [1, 3], color: "rgb", mean: [0, 0, 0], std: [1, 1, 1], layout: "NHWC" } as const;

  test("blends (1 - opacity) · image + opacity · colour, and leaves ignored pixels alone", async () => {
    const image = pngFile({ width: 3, height: 1, depth: 8, colorType: 0, samples: [100, 100, 100] });
    const folder = await folderWith({ "i.png": image });
    const out = join(folder, "o.png");
    await writeOverlay(
      out,
      join(folder, "i.png"),
      Uint8Array.of(0, 1, 255),
      3,
      1,
      [
        [0, 0, 0],
        [200, 0, 40],
      ],
      0.25,
    );
    // 0.75 · 100 + 0.25 · 0 = 75; + 0.25 · 200 = 125; + 0.25 · 40 = 85.
    expect([...(await readImage(out, spec)).data]).toEqual([75, 75, 75, 125, 75, 85, 100, 100, 100]);
  });

  test("stretches ids to the image's size, nearest", async () => {
    const image = pngFile({ width: 3, height: 1, depth: 8, colorType: 0, samples: [0, 0, 0] });
    const folder = await folderWith({ "i.png": image });
    const out = join(folder, "o.png");
    await writeOverlay(
      out,
      join(folder, "i.png"),
      Uint8Array.of(0, 1),
      2,
      1,
      [
        [1, 1, 1],
        [9, 9, 9],
      ],
      1,
    );
    // Column floor((1 + 0.5) · 2 / 3) = 1.
    expect([...(await readImage(out, spec)).data]).toEqual([1, 1, 1, 9, 9, 9, 9, 9, 9]);
  });

  test("refuses an opacity outside 0 to 1, and NaN", async () => {
    for (const opacity of [-0.1, 1.1, Number.NaN]) {
      const writing = writeOverlay("o.png", "i.png", Uint8Array.of(0), 1, 1, defaultPalette(1), opacity);
      await expect(writing).rejects.toMatchObject({ code: "OPACITY_OUT_OF_RANGE" });
    }
  });
});

describe("writeAtomically", () => {
  test("replaces a file and leaves nothing else", async () => {
    const folder = await folderWith({ "a.txt": "old" });
    await writeAtomically(join(folder, "a.txt"), "new");
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["a.txt"]);
  });

  test("fails in plain words and leaves nothing when the target is a folder, or a part of its path a file", async () => {
    const folder = await folderWith({});
    await mkdir(join(folder, "a.png"));
    await writeFile(join(folder, "a.png", "x"), "");
    await expect(writeAtomically(join(folder, "a.png"), "new")).rejects.toMatchObject({
      code: "DATA_FILE_UNWRITABLE",
    });
    expect(await readdir(folder)).toEqual(["a.png"]);
    await expect(writeAtomically(join(folder, "a.png", "x", "y"), "new")).rejects.toThrow(
      /a part of the path is a file/,
    );
  });
});
