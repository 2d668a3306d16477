import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { type MaskSpec, readMask } from "@pixelgrad/dataset";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { chunk, headerChunk, pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

const four: MaskSpec = { classes: 4, ignore: [] };

async function pathOf(bytes: Uint8Array | string): Promise<string> {
  return join(await folderWith({ "mask.png": bytes }), "mask.png");
}

describe("damaged masks", () => {
  const rows = (bytes: number) => deflateSync(new Uint8Array(bytes));
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const file = (...chunks: Uint8Array[]) =>
    Buffer.concat([signature, ...chunks, chunk("IEND", new Uint8Array(0))]);

  test.each([
    ["an empty file", new Uint8Array(0), "empty"],
    ["text", Buffer.from("hello"), "does not begin like a PNG"],
    [
      "a header that claims 2³¹ × 2³¹ pixels",
      file(headerChunk(2147483647, 2147483647, 8, 0)),
      "claims 2147483647",
    ],
    ["a header that claims no pixels", file(headerChunk(0, 5, 8, 0)), "claims 0"],
    ["no header", file(chunk("IDAT", rows(4))), "header is missing"],
    ["a depth that PNG does not have", file(headerChunk(1, 1, 3, 0), chunk("IDAT", rows(2))), "3 bits"],
    ["a palette of 16 bits", file(headerChunk(1, 1, 16, 3), chunk("IDAT", rows(3))), "16 bits"],
    ["no pixels", file(headerChunk(2, 2, 8, 0)), "compressed pixels are damaged"],
    ["a row too few", file(headerChunk(2, 2, 8, 0), chunk("IDAT", rows(3))), "3 of 6 bytes"],
    ["half a row too few", file(headerChunk(2, 2, 8, 0), chunk("IDAT", rows(5))), "5 of 6 bytes"],
    [
      "pixels that inflate to 64 MiB",
      file(headerChunk(2, 2, 8, 0), chunk("IDAT", rows(1 << 26))),
      "more than its size",
    ],
    [
      "a palette PNG without a palette",
      file(headerChunk(2, 2, 8, 3), chunk("IDAT", rows(6))),
      "palette is missing",
    ],
    [
      "an unknown filter",
      file(headerChunk(1, 1, 8, 0), chunk("IDAT", deflateSync(Uint8Array.of(9, 0)))),
      "filter",
    ],
  ])("%s is MASK_DAMAGED", async (_, bytes, reason) => {
    const error = await failureOf(readMask(await pathOf(bytes), four));
    expect(error.code).toBe("MASK_DAMAGED");
    expect(error.message).toContain(reason);
  });

  test("a mask cut at any byte is MASK_DAMAGED", async () => {
    const whole = pngFile({ width: 5, height: 4, depth: 8, colorType: 0, samples: new Uint8Array(20) });
    for (let length = 0; length < whole.length; length++) {
      expect((await failureOf(readMask(await pathOf(whole.subarray(0, length)), four))).code).toBe(
        "MASK_DAMAGED",
      );
    }
  });

  test("a flipped bit in header, pixels or checksum is MASK_DAMAGED", async () => {
    const whole = pngFile({ width: 5, height: 4, depth: 8, colorType: 0, samples: new Uint8Array(20) });
    for (let at = 0; at < whole.length; at++) {
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= 1;
      expect((await failureOf(readMask(await pathOf(bytes), four))).code, `byte ${at}`).toBe("MASK_DAMAGED");
    }
  });

  test("damaged comments, profiles and transparency do not cost the mask", async () => {
    const extra = [
      chunk("tEXt", Uint8Array.of(0, 0, 1)),
      chunk("iCCP", Uint8Array.of(1)),
      chunk("tRNS", Uint8Array.of(7)),
    ];
    const png = pngFile({ width: 1, height: 1, depth: 8, colorType: 0, samples: [3], extra });
    const mask = await readMask(await pathOf(png), four);
    expect(mask.data).toEqual(Uint8Array.of(3));
  });

  test("says that a mask is missing or a folder", async () => {
    const folder = await folderWith({});
    await mkdir(join(folder, "a.png"));
    expect((await failureOf(readMask(join(folder, "a.png"), four))).message).toContain("it is a folder");
    expect((await failureOf(readMask(join(folder, "b.png"), four))).code).toBe("DATA_FILE_UNREADABLE");
  });
});
