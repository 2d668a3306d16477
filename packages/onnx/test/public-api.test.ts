import * as onnx from "@pixelgrad/onnx";
import { expect, test } from "vitest";

test("@pixelgrad/onnx exports these names and no others", () => {
  expect(Object.keys(onnx).sort()).toMatchInlineSnapshot(`
    [
      "OUTPUT_GRAD",
      "OnnxModel",
      "Session",
      "attachHead",
      "buildModel",
      "candidateCuts",
      "candidateFeatures",
      "diffModels",
      "differentiate",
      "dimsOf",
      "elementType",
      "floatTensor",
      "gradOutput",
      "headNames",
      "headWeights",
      "imageDims",
      "imageInput",
      "inFloat32",
      "inferValues",
      "inspect",
      "intTensor",
      "node",
      "openSession",
      "rawTensor",
      "readFloats",
      "readInts",
      "readModelCard",
      "readNumbers",
      "replaceClassifier",
      "replaceResize",
      "requireSameLogits",
      "simplify",
      "trainingGraphs",
      "valueInfo",
      "verifyCut",
      "writeModelCard",
    ]
  `);
});
