import * as core from "@pixelgrad/core";
import * as testing from "@pixelgrad/core/testing";
import { expect, test } from "vitest";

test("@pixelgrad/core exports these names and no others", () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "ConfusionMatrix",
      "LossEngine",
      "LossPlan",
      "PixelgradError",
      "addSums",
      "binaryCrossEntropy",
      "catalogue",
      "closeCall",
      "crossEntropy",
      "cutPieces",
      "describeField",
      "dice",
      "elementCount",
      "fieldsOf",
      "focal",
      "formatDims",
      "formatLoss",
      "inlineEngine",
      "isPixelgradError",
      "logSoftmax",
      "lossFrom",
      "makeFields",
      "mapsOf",
      "nearestName",
      "oneHot",
      "openCall",
      "parseLoss",
      "positionOf",
      "predictedLabels",
      "presetNames",
      "referenceValueAndGrad",
      "runInline",
      "sigmoid",
      "softmax",
      "tensor",
      "unitAt",
      "unitPlaces",
      "viewPiece",
      "weightedSum",
      "withGrad",
      "zeroSums",
    ]
  `);
});

test("@pixelgrad/core/testing exports these names and no others", () => {
  expect(Object.keys(testing).sort()).toMatchInlineSnapshot(`
    [
      "relativeError",
      "seededRandom",
      "uniformArray",
    ]
  `);
});
