import { join } from "node:path";
import { type MaskSpec, readMask, readMaskValues } from "@pixelgrad/dataset";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { headerChunk, type PngDescription, pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

const four: MaskSpec = { classes: 4, ignore: [] };

async function pathOf(bytes: Uint8Array | string): Promise<string> {
  return join(await folderWith({ "mask.png": bytes }), "mask.png");
}

async function read(description: PngDescription, spec: MaskSpec) {
  return readMask(await pathOf(pngFile(description)), spec);
}

const palette = [
  [0, 0, 0],
  [255, 255, 255],
  [9, 9, 9],
  [200, 0, 0],
];

describe("readMask with ids", () => {
  // Widths around the bytes that 1, 2 and 4-bit samples are packed in.
  const widths = [1, 2, 3, 4, 5, 7, 8, 9, 17];
  const forms = [
    [1, 0],
    [2, 0],
    [4, 0],
    [8, 0],
    [16, 0],
    [1, 3],
    [2, 3],
    [4, 3],
    [8, 3],
  ] as const;

  test.each(forms)(
    "reads %i-bit samples of colour type %i (0 grey, 3 palette) as they are, widths 1 to 17",
    async (depth, colorType) => {
      const classes = Math.min(2 ** depth, 4);
      for (const width of widths) {
        const samples = Uint8Array.from({ length: width * 3 }, (_, i) => ((i * 7 + 1) % 11) % classes);
        const colors = colorType === 3 ? { palette } : {};
        const mask = await read({ width, height: 3, depth, colorType, samples, ...colors }, four);
        expect(mask).toEqual({ data: samples, dims: [1, 3, width] });
      }
    },
  );

  test("drops the alpha of a grey mask", async () => {
    const samples = [3, 0, 1, 255];
    expect((await read({ width: 2, height: 1, depth: 8, colorType: 4, samples }, four)).data).toEqual(
      Uint8Array.of(3, 1),
    );
  });

  test("reads interlaced masks of 8 and 16 bits, refuses fewer bits by name", async () => {
    const data = Uint8Array.from({ length: 9 * 7 }, (_, i) => i % 4);
    const raw = { width: 9, height: 7, channels: 1 } as const;
    const file = await sharp(data, { raw }).toColourspace("b-w").png({ progressive: true }).toBuffer();
    expect(file[28]).toBe(1);
    expect((await readMask(await pathOf(file), four)).data).toEqual(data);
    const packed = Buffer.from(pngFile({ width: 1, height: 1, depth: 1, colorType: 0, samples: [1] }));
    packed.set(headerChunk(1, 1, 1, 0, 1), 8);
    expect((await failureOf(readMask(await pathOf(packed), four))).message).toContain(
      "save it without interlacing",
    );
  });

  test("makes 255 of 255 and of every value in ignore, 16-bit values and class ids included", async () => {
    const samples = [0, 11, 255, 1000, 2];
    const spec: MaskSpec = { classes: 3, ignore: [11, 1000, 2] };
    const mask = await read({ width: 5, height: 1, depth: 16, colorType: 0, samples }, spec);
    expect(mask.data).toEqual(Uint8Array.of(0, 255, 255, 255, 255));
  });

  test("takes row floor((i + 0.5) · in / out), and columns alike", async () => {
    const samples = [0, 1, 2, 3, 2, 1];
    const mask = await read(
      { width: 3, height: 2, depth: 8, colorType: 0, samples },
      { ...four, size: [4, 2] },
    );
    // Rows 0 0 1 1; columns floor(0.5 · 1.5) = 0 and floor(1.5 · 1.5) = 2.
    expect(mask).toEqual({ data: Uint8Array.of(0, 2, 0, 2, 3, 1, 3, 1), dims: [1, 4, 2] });
  });

  test("says value, file, row and column of the first unknown value, before resizing, and how many", async () => {
    const samples = [0, 1, 2, 3, 12, 12];
    const error = await failureOf(
      read({ width: 3, height: 2, depth: 8, colorType: 0, samples }, { ...four, ignore: [11], size: [1, 1] }),
    );
    expect(error.code).toBe("MASK_VALUE_UNKNOWN");
    expect(error.context).toMatchObject({ value: 12, position: [1, 1], count: 2 });
    expect(error.message.replace(/\S+mask\.png/, "mask.png")).toMatchInlineSnapshot(
      `"Expected class ids 0 to 3 (ignored: 255, 11) in the mask mask.png, got 12 at row 1, column 1, and 2 such pixels in all. Name the class in data.yaml, or list the value under "ignore"."`,
    );
  });

  test("suggests binary when two classes meet other values", async () => {
    const samples = [0, 1, 128, 255];
    const two: MaskSpec = { classes: 2, ignore: [] };
    const error = await failureOf(read({ width: 4, height: 1, depth: 8, colorType: 0, samples }, two));
    expect(error.message).toContain("binary: { threshold: 128 }");
    expect(error.context).toMatchObject({ value: 128, position: [0, 2] });
  });

  test.each([2, 6] as const)("refuses colour type %i (RGB) and suggests binary", async (colorType) => {
    const error = await failureOf(
      read({ width: 1, height: 1, depth: 8, colorType, samples: [1, 1, 1, 255] }, four),
    );
    expect(error.code).toBe("MASK_FORM_UNSUPPORTED");
    expect(error.message).toContain("binary: { threshold: 128 }");
  });
});

describe("readMask with binary", () => {
  const binary: MaskSpec = { classes: 2, ignore: [], binary: { threshold: 128 } };
  const one = (description: Omit<PngDescription, "height">) => read({ height: 1, ...description }, binary);

  test("makes 1 of grey values at or above the threshold, 255 included, whatever the depth", async () => {
    expect((await one({ width: 4, depth: 8, colorType: 0, samples: [0, 127, 128, 255] })).data).toEqual(
      Uint8Array.of(0, 0, 1, 1),
    );
    expect((await one({ width: 3, depth: 1, colorType: 0, samples: [0, 1, 1] })).data).toEqual(
      Uint8Array.of(0, 1, 1),
    );
    // 127 · 257 and 128 · 257: the 16-bit forms of 127 and 128.
    expect((await one({ width: 2, depth: 16, colorType: 0, samples: [32639, 32896] })).data).toEqual(
      Uint8Array.of(0, 1),
    );
  });

  test("takes equal channels as they are, others by their luma, palettes by their colours", async () => {
    const samples = [127, 127, 127, 128, 128, 128, 255, 0, 0, 0, 255, 0];
    expect((await one({ width: 4, depth: 8, colorType: 2, samples })).data).toEqual(
      Uint8Array.of(0, 1, 0, 1),
    );
    expect((await one({ width: 1, depth: 8, colorType: 6, samples: [128, 128, 128, 0] })).data).toEqual(
      Uint8Array.of(1),
    );
    expect((await one({ width: 4, depth: 2, colorType: 3, samples: [0, 1, 2, 3], palette })).data).toEqual(
      Uint8Array.of(0, 1, 0, 0),
    );
  });
});

describe("readMaskValues", () => {
  test("counts stored values, ascending", async () => {
    const samples = [0, 255, 255, 7];
    const path = await pathOf(pngFile({ width: 2, height: 2, depth: 8, colorType: 0, samples }));
    expect(await readMaskValues(path)).toEqual({
      width: 2,
      height: 2,
      depth: 8,
      form: "grey",
      counts: [
        { value: 0, pixels: 1 },
        { value: 7, pixels: 1 },
        { value: 255, pixels: 2 },
      ],
    });
  });
});
