import * as core from "@pixelgrad/core";
import * as testing from "@pixelgrad/core/testing";
import { expect, test } from "vitest";

test("@pixelgrad/core exports these names and no others", () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "CalibrationError",
      "ConfusionMatrix",
      "LossEngine",
      "LossPlan",
      "PerClassMean",
      "PixelgradError",
      "SurfaceMetrics",
      "addSums",
      "averageSurfaceDistance",
      "binaryCrossEntropy",
      "boundaryF1",
      "catalogue",
      "closeCall",
      "crossEntropy",
      "cutPieces",
      "describeField",
      "dice",
      "distanceField",
      "elementCount",
      "fieldsOf",
      "focal",
      "formatDims",
      "formatLoss",
      "hausdorffDistance",
      "inlineEngine",
      "isPixelgradError",
      "jsDivergence",
      "klDivergence",
      "logSoftmax",
      "lossFrom",
      "makeFields",
      "mapsOf",
      "nearestName",
      "nll",
      "oneHot",
      "openCall",
      "parseLoss",
      "positionOf",
      "predictedLabels",
      "presetNames",
      "referenceValueAndGrad",
      "runInline",
      "sigmoid",
      "signedDistanceMap",
      "signedDistanceMaps",
      "softmax",
      "squaredDistanceFromSeeds",
      "squaredDistanceTransform",
      "surfaceDice",
      "surfaceDistances",
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
      "lossCases",
      "relativeError",
      "seededRandom",
      "uniformArray",
    ]
  `);
});
