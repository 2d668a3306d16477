/** What the cut does with constants, shapes, frozen layers and old files; see training-graphs.test.ts for gradients. */
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  floatTensor,
  type ModelParts,
  node,
  OnnxModel,
  trainingGraphs,
  valueInfo,
  verifyCut,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { TrainingStep } from "./support/training-step.ts";

const random = seededRandom(6);
const size = [6, 5] as const;
const image = uniformArray(random, 90);
const kernel = (name: string, dims: number[]) =>
  floatTensor(
    name,
    dims,
    uniformArray(
      random,
      dims.reduce((a, b) => a * b, 1),
    ),
  );
const weights = [
  kernel("w0", [3, 3, 1, 1]),
  kernel("w1", [3, 3, 3, 3]),
  kernel("w2", [2, 3, 1, 1]),
  kernel("m", [3, 3]),
];
const padded = { pads: [1, 1, 1, 1] };

/** An image `[1, 3, 6, 5]` to `out`, two channels; linear, so that differences are exact. */
function model(nodes: ModelParts["nodes"], parts: Partial<ModelParts> = {}): OnnxModel {
  const used = new Set(nodes.flatMap(({ input }) => input));
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: [valueInfo("image", [1, 3, "h", "w"])],
      outputs: [valueInfo("out", [1, 2, "h", "w"])],
      initializers: weights.filter(({ name }) => used.has(name)),
      ...parts,
    }),
    "the test model",
  );
}

/** Checks the cut, and every gradient against differences entry by entry; the names that the gradient graph is fed. */
async function check(of: OnnxModel, trainable: readonly string[]): Promise<readonly string[]> {
  const graphs = await trainingGraphs(of, { trainable, size });
  expect(await verifyCut(of, graphs, image)).toBeLessThan(1e-5);
  const step = await TrainingStep.open(graphs);
  try {
    const features = await step.features(image);
    const functional = uniformArray(
      seededRandom(3),
      graphs.logits.dims.reduce((a, b) => a * b, 1),
    );
    const got = await step.gradients(features, functional);
    for (const name of trainable) {
      const expected = new Float64Array(got[name]?.length ?? 0);
      for (let entry = 0; entry < expected.length; entry++) {
        const axis = (i: number): number => (i === entry ? 1 : 0);
        expected[entry] = await step.difference(features, functional, name, axis, 0.5);
      }
      expect(relativeError(got[name] as Float32Array, expected), name).toBeLessThan(1e-3);
    }
  } finally {
    await step.close();
  }
  return OnnxModel.parse(graphs.gradient).inputs.map(({ name }) => name);
}

describe("gradients are within 1e-3 of differences, and the cut within 1e-5 of the whole,", () => {
  test("when a frozen layer lies between: the gradient graph holds its weights itself", async () => {
    const between = model([
      node("Conv", ["image", "w0"], ["a"]),
      node("Conv", ["a", "w1"], ["b"], padded),
      node("Conv", ["b", "w2"], ["out"]),
    ]);
    const inputs = await check(between, ["w0"]);
    expect(inputs.filter((name) => name.startsWith("w"))).toEqual([]);
  });

  test("when a weight is transposed before it is used", async () => {
    const turned = model([
      node("Transpose", ["image"], ["x"], { perm: [0, 2, 3, 1] }),
      node("Transpose", ["m"], ["mt"], { perm: [1, 0] }),
      node("MatMul", ["x", "mt"], ["y"]),
      node("Transpose", ["y"], ["a"], { perm: [0, 3, 1, 2] }),
      node("Conv", ["a", "w2"], ["out"]),
    ]);
    await check(turned, ["m", "w2"]);
  });

  test("when sizes are computed from the image, and folded in without a feature of their own", async () => {
    const sized = model([
      node("Conv", ["image", "w1"], ["a"], { ...padded, strides: [2, 2] }),
      node("Conv", ["a", "w2"], ["low"]),
      node("Shape", ["image"], ["s"], { start: 2 }),
      node("Shape", ["low"], ["n"], { end: 2 }),
      node("Concat", ["n", "s"], ["sizes"], { axis: 0 }),
      node("Resize", ["low", "", "", "sizes"], ["out"], { mode: "linear" }),
    ]);
    await check(sized, ["w2"]);
    const { features } = await trainingGraphs(sized, { trainable: "last", size });
    expect(features.map(({ name }) => name)).toEqual(["a"]);
  });

  test("when a frozen path from the image joins the trainable one", async () => {
    const joined = model([
      node("Conv", ["image", "w1"], ["a"], padded),
      node("Sigmoid", ["image"], ["side"]),
      node("Add", ["a", "side"], ["b"]),
      node("Conv", ["b", "w2"], ["out"]),
    ]);
    await check(joined, ["w1", "w2"]);
  });

  test("when features come from two places", async () => {
    const two = model([
      node("Conv", ["image", "w0"], ["a"]),
      node("Sigmoid", ["a"], ["b"]),
      node("Conv", ["b", "w1"], ["c"], padded),
      node("Add", ["a", "c"], ["d"]),
      node("Conv", ["d", "w2"], ["out"]),
    ]);
    await check(two, ["w1", "w2"]);
    const { features } = await trainingGraphs(two, { trainable: ["w1"], size });
    expect(features.map(({ name }) => name).sort()).toEqual(["a", "b"]);
  });

  test("in a file of IR version 3, which lists its initialisers as inputs", async () => {
    const old = model([node("Conv", ["image", "w1"], ["a"], padded), node("Conv", ["a", "w2"], ["out"])], {
      irVersion: 3n,
      opset: 8,
      inputs: [
        valueInfo("image", [1, 3, "h", "w"]),
        valueInfo("w1", [3, 3, 3, 3]),
        valueInfo("w2", [2, 3, 1, 1]),
      ],
    });
    await check(old, ["w2"]);
    await check(old, ["w1", "w2"]);
  });

  test("when weights are in Constant nodes", async () => {
    const held = model(
      [
        node("Constant", [], ["k1"], { value: { tensor: kernel("", [3, 3, 3, 3]) } }),
        node("Constant", [], ["k2"], { value: { tensor: kernel("", [2, 3, 1, 1]) } }),
        node("Conv", ["image", "k1"], ["a"], padded),
        node("Conv", ["a", "k2"], ["out"]),
      ],
      { initializers: [] },
    );
    await check(held, ["k2"]);
    await check(held, ["k1", "k2"]);
  });
});

describe("refused", () => {
  const two = [
    node("Conv", ["image", "w1"], ["a"], padded),
    node("Conv", ["a", "w2"], ["out"]),
    node("Conv", ["image", "w0"], ["aside"]),
  ];

  test("with TENSOR_UNSUPPORTED, naming the weight, when it does not lead to the output", async () => {
    await expect(trainingGraphs(model(two), { trainable: ["w0"], size })).rejects.toMatchObject({
      code: "TENSOR_UNSUPPORTED",
      context: { name: "w0" },
    });
  });

  test("with MODEL_UNSUPPORTED, naming both, when the model takes two inputs", async () => {
    const inputs = ["image", "other"].map((name) => valueInfo(name, [1, 3, 6, 5]));
    const nodes = [node("Add", ["image", "other"], ["sum"]), node("Conv", ["sum", "w2"], ["out"])];
    await expect(trainingGraphs(model(nodes, { inputs }), { trainable: "last", size })).rejects.toMatchObject(
      {
        code: "MODEL_UNSUPPORTED",
        message: expect.stringMatching(/image.*other/),
      },
    );
  });
});
