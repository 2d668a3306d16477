import * as dataset from "@pixelgrad/dataset";
import { expect, test } from "vitest";

test("the public names", () => {
  expect(Object.keys(dataset).sort()).toMatchInlineSnapshot(`
    [
      "IGNORED",
      "defaultPalette",
      "imageSize",
      "isPerChannel",
      "isSize",
      "listImages",
      "loadDataset",
      "parseNpy",
      "readImage",
      "readMask",
      "readMaskValues",
      "readNpy",
      "readSample",
      "requireClassIds",
      "requirePreprocess",
      "resizeNearest",
      "samplesOf",
      "usualPreprocess",
      "writeAtomically",
      "writeNpy",
      "writeOverlay",
      "writePaletteMask",
    ]
  `);
});
