import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { buildModel, candidateFeatures, floatTensor, node, OnnxModel, valueInfo } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { classifierNetwork } from "./support/backbones.ts";

test("the last tensor of each stride, with the weights and products before it", async () => {
  const features = await candidateFeatures(classifierNetwork(), [32, 48]);
  const w0 = 6 * 27;
  const w1 = 8 * 54;
  const w2 = 8 * 72;
  const w3 = 16 * 72;
  const [half, quarter, eighth] = [16 * 24, 8 * 12, 4 * 6];
  expect(features).toEqual([
    { name: "r0", dims: [1, 6, 16, 24], stride: 2, parameters: w0 + 6, multiplyAdds: w0 * half },
    {
      name: "sum",
      dims: [1, 8, 8, 12],
      stride: 4,
      parameters: w0 + 6 + w1 + w2,
      multiplyAdds: w0 * half + (w1 + w2) * quarter,
    },
    {
      name: "r3",
      dims: [1, 16, 4, 6],
      stride: 8,
      parameters: w0 + 6 + w1 + w2 + w3,
      multiplyAdds: w0 * half + (w1 + w2) * quarter + w3 * eighth,
    },
  ]);
});

/** Layers over an image `[1, 3, 16, 16]`; a Conv reads the weight named like its output, of the dims given. */
function network(
  nodes: Parameters<typeof buildModel>[0]["nodes"],
  weights: Readonly<Record<string, readonly number[]>>,
): OnnxModel {
  const random = seededRandom(8);
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: [valueInfo("image", [1, 3, 16, 16])],
      outputs: [valueInfo("out")],
      initializers: Object.entries(weights).map(([name, dims]) =>
        floatTensor(
          name,
          dims,
          uniformArray(
            random,
            dims.reduce((a, b) => a * b, 1),
          ),
        ),
      ),
    }),
    "the test network",
  );
}

const down = { strides: [2, 2] };
const names = async (model: OnnxModel) => (await candidateFeatures(model, [16, 16])).map(({ name }) => name);

describe("not among them", () => {
  test("what one of two ways into the next stride leads through: the value that both begin at is", async () => {
    const residual = network(
      [
        node("Conv", ["image", "w0"], ["c0"], down),
        node("Relu", ["c0"], ["stage"]),
        node("Conv", ["stage", "w1"], ["c1"]),
        node("Relu", ["c1"], ["narrow"]),
        node("Conv", ["narrow", "w2"], ["main"], down),
        node("Conv", ["stage", "w2"], ["short"], down),
        node("Add", ["main", "short"], ["next"]),
        node("Conv", ["next", "w1"], ["out"]),
      ],
      { w0: [8, 3, 1, 1], w1: [8, 8, 1, 1], w2: [8, 8, 1, 1] },
    );
    expect(await names(residual)).toEqual(["stage", "next"]);
  });

  test("the wide inside of an inverted residual block: its input is", async () => {
    const inverted = network(
      [
        node("Conv", ["image", "w0"], ["c0"], down),
        node("Relu", ["c0"], ["stage"]),
        node("Conv", ["stage", "w1"], ["c1"]),
        node("Clip", ["c1"], ["wide"]),
        node("Conv", ["wide", "w2"], ["c2"], { ...down, group: 24 }),
        node("Conv", ["c2", "w3"], ["next"]),
        node("GlobalAveragePool", ["next"], ["pooled"]),
        node("Conv", ["pooled", "w4"], ["out"]),
      ],
      { w0: [6, 3, 1, 1], w1: [24, 6, 1, 1], w2: [24, 1, 1, 1], w3: [8, 24, 1, 1], w4: [5, 8, 1, 1] },
    );
    expect(await names(inverted)).toEqual(["stage", "next"]);
  });

  test("answers: what the last layers make, gates, and maps of one channel", async () => {
    const detector = network(
      [
        node("Conv", ["image", "w0"], ["c0"], down),
        node("Relu", ["c0"], ["features"]),
        node("Conv", ["features", "w1"], ["attention"]),
        node("Sigmoid", ["attention"], ["gate"]),
        node("Mul", ["features", "gate"], ["gated"]),
        node("Conv", ["gated", "w2"], ["boxes"]),
        node("Relu", ["boxes"], ["out"]),
      ],
      { w0: [8, 3, 1, 1], w1: [1, 8, 1, 1], w2: [4, 8, 1, 1] },
    );
    expect(await names(detector)).toEqual(["gated"]);
  });

  test("what comes before any layer", async () => {
    const scaled = network(
      [
        node("Mul", ["image", "scale"], ["scaled"]),
        node("Conv", ["scaled", "w0"], ["c0"]),
        node("Relu", ["c0"], ["features"]),
        node("Conv", ["features", "w1"], ["out"]),
      ],
      { scale: [1, 3, 1, 1], w0: [8, 3, 3, 3], w1: [2, 8, 1, 1] },
    );
    expect(await names(scaled)).toEqual(["features"]);
  });
});

test("paths that go up again give one of each change of resolution", async () => {
  const pyramid = network(
    [
      node("Conv", ["image", "w0"], ["low"], down),
      node("Conv", ["low", "w1"], ["c1"], down),
      node("Relu", ["c1"], ["high"]),
      node("ConvTranspose", ["high", "up"], ["wide"], down),
      node("Add", ["wide", "low"], ["joined"]),
      node("Conv", ["joined", "w1"], ["out"]),
    ],
    { w0: [8, 3, 1, 1], w1: [8, 8, 1, 1], up: [8, 8, 2, 2] },
  );
  const found = await candidateFeatures(pyramid, [16, 16]);
  expect(found.map(({ name, stride }) => [name, stride])).toEqual([
    ["low", 2],
    ["high", 4],
    ["joined", 2],
  ]);
});
