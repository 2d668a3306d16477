import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { relativeError, seededRandom } from "@pixelgrad/core/testing";
import { type ImageSpec, imageSize, readImage } from "@pixelgrad/dataset";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { headerChunk, pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

const plain: ImageSpec = { size: [2, 3], color: "rgb", mean: [0, 0, 0], std: [1, 1, 1], layout: "NHWC" };

async function read(bytes: Uint8Array | string, spec: ImageSpec, name = "image.png") {
  return readImage(join(await folderWith({ [name]: bytes }), name), spec);
}

// 2 rows × 3 columns, red first.
const rgb = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 250, 251, 252];
const rgbPng = pngFile({ width: 3, height: 2, depth: 8, colorType: 2, samples: rgb });

describe("readImage", () => {
  test("returns [1, H, W, 3] and [1, 3, H, W] in the model's channel order, (x - mean) / std", async () => {
    expect(await read(rgbPng, plain)).toEqual({ data: Float32Array.from(rgb), dims: [1, 2, 3, 3] });
    const spec: ImageSpec = { ...plain, color: "bgr", layout: "NCHW", mean: [3, 2, 1], std: [3, 3, 0.5] };
    // Blue plane: (3 - 3) / 3, (6 - 3) / 3, …; green: (2 - 2) / 3, …; red: (1 - 1) / 0.5, (4 - 1) / 0.5, …
    const planes = [0, 1, 2, 3, 4, 83, 0, 1, 2, 3, 4, 83, 0, 6, 12, 18, 24, 498];
    expect(await read(rgbPng, spec)).toEqual({ data: Float32Array.from(planes), dims: [1, 3, 2, 3] });
  });

  test("makes three equal channels of grey, of 1 bit, 8 bits, 16 bits and a palette's colours", async () => {
    const spec: ImageSpec = { ...plain, size: [1, 2] };
    const two = { width: 2, height: 1 } as const;
    const data = async (png: Uint8Array) => [...(await read(png, spec)).data];
    expect(await data(pngFile({ ...two, depth: 8, colorType: 0, samples: [7, 200] }))).toEqual([
      7, 7, 7, 200, 200, 200,
    ]);
    expect(await data(pngFile({ ...two, depth: 1, colorType: 0, samples: [0, 1] }))).toEqual([
      0, 0, 0, 255, 255, 255,
    ]);
    expect(await data(pngFile({ ...two, depth: 16, colorType: 0, samples: [0x0a80, 65535] }))).toEqual([
      10, 10, 10, 255, 255, 255,
    ]);
    const palette = [
      [9, 8, 7],
      [1, 2, 3],
    ];
    expect(await data(pngFile({ ...two, depth: 2, colorType: 3, samples: [1, 0], palette }))).toEqual([
      1, 2, 3, 9, 8, 7,
    ]);
  });

  test("drops alpha without blending, also where it is 0", async () => {
    const samples = [10, 20, 30, 0, 40, 50, 60, 128];
    const png = pngFile({ width: 2, height: 1, depth: 8, colorType: 6, samples });
    expect([...(await read(png, { ...plain, size: [1, 2] })).data]).toEqual([10, 20, 30, 40, 50, 60]);
    const grey = pngFile({ width: 2, height: 1, depth: 8, colorType: 4, samples: [10, 0, 40, 255] });
    expect([...(await read(grey, { ...plain, size: [1, 2] })).data]).toEqual([10, 10, 10, 40, 40, 40]);
    // Stretched to one pixel, the transparent one still counts half.
    expect([...(await read(grey, { ...plain, size: [1, 1] })).data]).toEqual([25, 25, 25]);
  });

  test("does not rotate by EXIF, as masks are not rotated", async () => {
    const raw = { width: 3, height: 2, channels: 3 } as const;
    const png = await sharp(Uint8Array.from(rgb), { raw }).withMetadata({ orientation: 6 }).png().toBuffer();
    const path = join(await folderWith({ "a.png": png }), "a.png");
    expect(await imageSize(path)).toEqual({ width: 3, height: 2 });
    expect((await readImage(path, plain)).data).toEqual(Float32Array.from(rgb));
  });

  test("decodes JPEG within 12 of 255 of the original, CMYK without failing", async () => {
    const raw = { width: 16, height: 16, channels: 3 } as const;
    const smooth = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 16) * 12);
    const spec: ImageSpec = { ...plain, size: [16, 16] };
    const jpeg = await sharp(smooth, { raw }).jpeg({ quality: 95 }).toBuffer();
    const { data } = await read(jpeg, spec, "a.jpg");
    expect(Math.max(...data.map((value, i) => Math.abs(value - smooth[i]!)))).toBeLessThan(12);
    const cmyk = await sharp(smooth, { raw }).toColourspace("cmyk").jpeg().toBuffer();
    expect((await read(cmyk, spec, "a.jpg")).dims).toEqual([1, 16, 16, 3]);
  });

  test("reads a JPEG whose suffix says .png", async () => {
    const create = { width: 3, height: 2, channels: 3, background: "#808080" } as const;
    expect((await read(await sharp({ create }).jpeg().toBuffer(), plain)).data[0]).toBe(128);
  });

  test.each([
    [
      [5, 7],
      [10, 14],
    ],
    [
      [8, 12],
      [4, 6],
    ],
    [
      [9, 31],
      [4, 20],
    ],
    [
      [40, 60],
      [7, 11],
    ],
  ] as const)(
    "stretches %j to %j as bilinear interpolation about pixel centres does, within 1e-6",
    async ([h, w], [H, W]) => {
      const random = seededRandom(h * w);
      const samples = Float32Array.from({ length: h * w }, () => Math.floor(random() * 256));
      const png = pngFile({ width: w, height: h, depth: 8, colorType: 0, samples });
      const { data } = await read(png, { ...plain, size: [H, W], layout: "NCHW" });
      const expected = triangle(triangle(samples, h, w, H), w, H, W);
      const got = data.subarray(0, H * W);
      expect(relativeError(got, expected)).toBeLessThan(1e-6);
    },
  );
});

/** Resizes the first axis of `[from, columns]` and transposes: twice makes a 2-D resize. */
function triangle(x: ArrayLike<number>, from: number, columns: number, to: number): Float64Array {
  const out = new Float64Array(to * columns);
  for (let j = 0; j < to; j++) {
    const center = ((j + 0.5) * from) / to;
    const weights = Array.from({ length: from }, (_, i) => Math.max(0, 1 - Math.abs(i + 0.5 - center)));
    const sum = weights.reduce((a, b) => a + b);
    for (let k = 0; k < columns; k++) {
      out[k * to + j] = weights.reduce((total, weight, i) => total + weight * x[i * columns + k]!, 0) / sum;
    }
  }
  return out;
}

describe("damaged images", () => {
  const whole = sharp(
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) >> 3),
    {
      raw: { width: 64, height: 64, channels: 3 },
    },
  );

  test.each(["png", "jpeg"] as const)("a %s cut anywhere in its pixels is IMAGE_DAMAGED", async (format) => {
    const bytes = await whole.clone().toFormat(format).toBuffer();
    for (const part of [0.001, 0.3, 0.6, 0.9]) {
      const error = await failureOf(read(bytes.subarray(0, Math.ceil(bytes.length * part)), plain));
      expect(error.code).toBe("IMAGE_DAMAGED");
      expect(error.message).toContain("image.png");
    }
  });

  const tiny = pngFile({ width: 1, height: 1, depth: 8, colorType: 0, samples: [0] });
  const signatureEnd = 8;
  const headerEnd = 33;

  test.each([
    ["an empty file", ""],
    ["text", "not an image"],
    ["SVG, which sharp would draw", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"],
    [
      "a PNG that claims 2³¹ × 2³¹ pixels",
      Buffer.concat([
        tiny.subarray(0, signatureEnd),
        headerChunk(2147483647, 2147483647, 8, 0),
        tiny.subarray(headerEnd),
      ]),
    ],
  ])("refuses %s", async (_, bytes) => {
    const error = await failureOf(read(bytes, plain));
    expect(error.code).toBe("IMAGE_DAMAGED");
    expect(error.message).toContain("Replace or remove");
  });

  test("says that an image is missing or a folder", async () => {
    const folder = await folderWith({});
    await mkdir(join(folder, "a.png"));
    expect((await failureOf(readImage(join(folder, "a.png"), plain))).code).toBe("DATA_FILE_UNREADABLE");
    expect((await failureOf(imageSize(join(folder, "b.png")))).message).toContain("there is no such file");
  });
});
