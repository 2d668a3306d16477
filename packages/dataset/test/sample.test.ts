import { join } from "node:path";
import { readSample } from "@pixelgrad/dataset";
import { describe, expect, test } from "vitest";
import { failureOf } from "./failure-of.ts";
import { pngFile } from "./png-file.ts";
import { folderWith } from "./temporary-folder.ts";

describe("readSample", () => {
  const spec = {
    classes: 4,
    ignore: [],
    size: [2, 2],
    color: "rgb",
    mean: [0, 0, 0],
    std: [1, 1, 1],
    layout: "NCHW",
  } as const;

  test("returns both at the model's size", async () => {
    const folder = await folderWith({
      "i.png": pngFile({ width: 4, height: 4, depth: 8, colorType: 0, samples: new Uint8Array(16).fill(9) }),
      "m.png": pngFile({ width: 4, height: 4, depth: 2, colorType: 0, samples: new Uint8Array(16).fill(3) }),
    });
    const sample = { image: join(folder, "i.png"), mask: join(folder, "m.png"), stem: "i" };
    expect(await readSample(sample, spec)).toEqual({
      image: { data: new Float32Array(12).fill(9), dims: [1, 3, 2, 2] },
      mask: { data: new Uint8Array(4).fill(3), dims: [1, 2, 2] },
    });
  });

  test("refuses a mask of another size than its image, both sizes in the error", async () => {
    const folder = await folderWith({
      "i.png": pngFile({ width: 4, height: 3, depth: 8, colorType: 0, samples: [] }),
      "m.png": pngFile({ width: 3, height: 4, depth: 8, colorType: 0, samples: [] }),
    });
    const sample = { image: join(folder, "i.png"), mask: join(folder, "m.png"), stem: "i" };
    const error = await failureOf(readSample(sample, spec));
    expect(error.code).toBe("MASK_SIZE_MISMATCH");
    expect(error.context).toMatchObject({ imageSize: [3, 4], maskSize: [4, 3] });
  });
});
