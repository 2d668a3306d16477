import { elementCount } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  floatTensor,
  intTensor,
  node,
  OnnxModel,
  openSession,
  type TrainingGraphsOptions,
  trainingGraphs,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { segmentationNetwork } from "./support/networks.ts";
import { TrainingStep } from "./support/training-step.ts";

const WEIGHTS = ["w0", "b0", "w1", "b1", "w2", "b2"];

/**
 * Image → Conv stride 2 → `middle`, or a choice by comparison → Conv stride 2 → Relu → 1x1 Conv → Resize x4, or to the sizes of the image. Biases
 * keep all values of a channel on one side of 0, where differences are exact.
 */
function network(options: { middle?: string; chosen?: boolean; computedSizes?: boolean } = {}): OnnxModel {
  const { middle = "Relu", chosen = false, computedSizes = false } = options;
  const random = seededRandom(11);
  const weight = (name: string, dims: number[]) =>
    floatTensor(name, dims, uniformArray(random, elementCount(dims), 0.3));
  const conv = { strides: [2, 2], pads: [1, 1, 1, 1] };
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w0", "b0"], ["c0"], conv),
        ...(chosen
          ? [
              node("Greater", ["c0", "zero"], ["above"]),
              node("Mul", ["c0", "tenth"], ["leak"]),
              node("Where", ["above", "c0", "leak"], ["r0"]),
            ]
          : [node(middle, ["c0"], ["r0"])]),
        node("Conv", ["r0", "w1", "b1"], ["c1"], conv),
        node("Relu", ["c1"], ["r1"]),
        node("Conv", ["r1", "w2", "b2"], ["low"]),
        ...(computedSizes
          ? [
              node("Shape", ["image"], ["shape"]),
              node("Slice", ["shape", "two", "four"], ["plane"]),
              node("Concat", ["depth", "plane"], ["sizes"], { axis: 0 }),
              node("Resize", ["low", "", "", "sizes"], ["logits"], { mode: "linear" }),
            ]
          : [node("Resize", ["low", "", "scales"], ["logits"], { mode: "linear" })]),
        node("Softmax", ["logits"], ["out"], { axis: 1 }),
      ],
      inputs: [valueInfo("image", [1, 3, 16, 12])],
      outputs: [valueInfo("out", [1, 3, 16, 12])],
      initializers: [
        weight("w0", [4, 3, 3, 3]),
        floatTensor("b0", [4], [5, -5, 6, 5]),
        weight("w1", [4, 4, 3, 3]),
        floatTensor("b1", [4], [40, 40, -40, 50]),
        weight("w2", [3, 4, 1, 1]),
        floatTensor("b2", [3], [0.5, -0.5, 0.25]),
        floatTensor("zero", [], [0]),
        floatTensor("tenth", [], [0.1]),
        floatTensor("scales", [4], [1, 1, 4, 4]),
        intTensor("two", [2]),
        intTensor("four", [4]),
        intTensor("depth", [1, 3]),
      ],
      opset: 14,
    }),
  );
}

const image = uniformArray(seededRandom(2), 3 * 16 * 12);
const size = [16, 12] as const;

async function withStep(
  model: OnnxModel,
  options: TrainingGraphsOptions,
  use: (step: TrainingStep) => Promise<void>,
): Promise<void> {
  const step = await TrainingStep.open(await trainingGraphs(model, options));
  try {
    await use(step);
  } finally {
    await step.close();
  }
}

const cases: readonly (readonly [string, OnnxModel, TrainingGraphsOptions["trainable"]])[] = [
  ["all weights", network(), WEIGHTS],
  ["all weights, with sizes that the graph computes", network({ computedSizes: true }), WEIGHTS],
  ["all weights, with an activation that a comparison chooses", network({ chosen: true }), WEIGHTS],
  ["the second layer alone", network(), ["w1", "b1"]],
  ["the last layer", network(), "last"],
  ["the last layer, with sizes that the graph computes", network({ computedSizes: true }), "last"],
  ["the first and the last weight", network(), ["w0", "w2"]],
];

describe.each(cases)("with %s trainable", (_, model, trainable) => {
  const names = trainable === "last" ? ["w2", "b2"] : trainable;

  test("gradients are within 1e-3 of central differences, entry by entry", async () => {
    await withStep(model, { trainable, size }, async (step) => {
      const functional = uniformArray(seededRandom(8), elementCount(step.graphs.logits.dims));
      const features = await step.features(image);
      const got = await step.gradients(features, functional);
      expect(Object.keys(got)).toEqual(names);
      for (const name of names) {
        const expected = new Float64Array(got[name]!.length);
        for (let entry = 0; entry < expected.length; entry++) {
          const axis = (i: number): number => (i === entry ? 1 : 0);
          expected[entry] = await step.difference(features, functional, name, axis, 0.125);
        }
        expect(relativeError(got[name]!, expected), name).toBeLessThan(1e-3);
      }
    });
  });

  test("backbone and head give the logits of the whole model within 1e-5", async () => {
    const whole = await openSession(
      model.withGraph({ output: [...model.graph.output, valueInfo("logits")] }).toBytes(),
    );
    await withStep(model, { trainable, size }, async (step) => {
      const { logits } = await whole.run({ image: { data: image, dims: [1, 3, 16, 12] } });
      const got = (await step.forward(await step.features(image)))[step.graphs.logits.name]!;
      expect(got.dims).toEqual(logits!.dims);
      expect(relativeError(got.data as Float32Array, logits!.data as Float32Array)).toBeLessThan(1e-5);
    });
    await whole.release();
  });
});

describe("the cut", () => {
  test("lies before the first trainable layer, and the backbone makes what crosses it", async () => {
    const graphs = await trainingGraphs(network(), { trainable: "last", size });
    expect(graphs.backbone).toBeInstanceOf(Uint8Array);
    expect(graphs.features).toEqual([{ name: "r1", dims: [1, 4, 4, 3] }]);
    expect(graphs.logits).toEqual({ name: "logits", dims: [1, 3, 16, 12] });
    expect(graphs.parameters.map(({ name, dims }) => ({ name, dims }))).toEqual([
      { name: "w2", dims: [3, 4, 1, 1] },
      { name: "b2", dims: [3] },
    ]);
    const backbone = OnnxModel.parse(graphs.backbone!);
    expect(backbone.graph.node.map(({ opType }) => opType)).toEqual(["Conv", "Relu", "Conv", "Relu"]);
    expect(backbone.graph.initializer.map(({ name }) => name).sort()).toEqual(["b0", "b1", "w0", "w1"]);
  });

  test("leaves no backbone when the image itself is the feature", async () => {
    const graphs = await trainingGraphs(network(), { trainable: ["w0"], size });
    expect(graphs.backbone).toBeUndefined();
    expect(graphs.features).toEqual([{ name: "image", dims: [1, 3, 16, 12] }]);
  });

  test("takes the size it is asked for, not that of the file, when the file leaves it open", async () => {
    const model = network().withGraph({ input: [valueInfo("image", [1, 3, "h", "w"])] });
    const { input, logits } = await trainingGraphs(model, { trainable: "last", size: [32, 24] });
    expect(input.dims).toEqual([1, 3, 32, 24]);
    expect(logits.dims).toEqual([1, 3, 32, 24]);
  });

  test("gives NCHW logits of an NHWC model", async () => {
    const model = segmentationNetwork({ channels: 2, layout: "NHWC", tail: "argmax" });
    const { input, logits, features } = await trainingGraphs(model, { trainable: "last", size: [8, 8] });
    expect(input.dims).toEqual([1, 8, 8, 3]);
    expect(logits).toEqual({ name: "up", dims: [1, 2, 8, 8] });
    expect(features).toEqual([{ name: "features", dims: [1, 4, 4, 4] }]);
  });

  test("keeps the operator sets of the model, and the gradient has its own", async () => {
    const graphs = await trainingGraphs(network(), { trainable: WEIGHTS, size });
    expect(OnnxModel.parse(graphs.head).opset).toBe(14);
    expect(OnnxModel.parse(graphs.gradient).opset).toBe(18);
  });
});

describe("what cannot be trained is refused", () => {
  test.each(["Atan", "Sinh", "Tan"])(
    "with GRADIENT_UNSUPPORTED naming %s on the way of a trainable weight, but not before it",
    async (middle) => {
      const model = network({ middle });
      await expect(trainingGraphs(model, { trainable: ["w0"], size })).rejects.toMatchObject({
        code: "GRADIENT_UNSUPPORTED",
        context: { op: middle, node: `${middle}:r0` },
        message: expect.stringContaining(middle),
      });
      const { features } = await trainingGraphs(model, { trainable: "last", size });
      expect(features.map(({ name }) => name)).toEqual(["r1"]);
    },
  );

  test("with TENSOR_NOT_FOUND naming a weight that is not there", async () => {
    await expect(trainingGraphs(network(), { trainable: ["w9"], size })).rejects.toMatchObject({
      code: "TENSOR_NOT_FOUND",
      context: { name: "w9" },
    });
  });

  test("with MODEL_UNSUPPORTED for a size the model does not take", async () => {
    await expect(trainingGraphs(network(), { trainable: "last", size: [8, 8] })).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
    });
  });
});
