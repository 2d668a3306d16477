/** A final resize with other coordinates, held against the runtime's own Resize. */
import { elementCount, type Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  type Attributes,
  buildModel,
  floatTensor,
  inspect,
  intTensor,
  type ModelParts,
  node,
  OnnxModel,
  openSession,
  replaceClassifier,
  replaceResize,
  trainingGraphs,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { TrainingStep } from "./support/training-step.ts";

const CHANNELS = 4;
const IMAGE = [1, 3, 10, 14] as const;
const coordinates = ["half-pixel", "align-corners"] as const;

/** A 1x1 classifier of every second pixel, 5 x 7, and what `tail` makes of it. */
function network(tail: ModelParts["nodes"], options: Partial<ModelParts> = {}): OnnxModel {
  const random = seededRandom(4);
  return OnnxModel.of(
    buildModel({
      nodes: [node("Conv", ["image", "w", "b"], ["low"], { strides: [2, 2] }), ...tail],
      inputs: options.inputs ?? [valueInfo("image", IMAGE)],
      outputs: options.outputs ?? [valueInfo("out", [1, CHANNELS, 13, 18])],
      initializers: [
        floatTensor("w", [CHANNELS, 3, 1, 1], uniformArray(random, 3 * CHANNELS)),
        floatTensor("b", [CHANNELS], uniformArray(random, CHANNELS)),
        ...(options.initializers ?? []),
      ],
      opset: options.opset ?? 13,
    }),
    "the test model",
  );
}

const scales = floatTensor("scales", [4], [1, 1, 2.6, 2.6]);
const sizes = intTensor("sizes", [1, CHANNELS, 13, 18]);

/** 5 x 7 to 13 x 18, as each operator set writes it. */
function resizing(opset: number, attributes: Attributes = { mode: "linear" }): OnnxModel {
  if (opset < 9) {
    const own = { ...attributes, scales: { floats: [1, 1, 2.6, 2.6] } };
    return network([node("Upsample", ["low"], ["out"], own)], { opset });
  }
  if (opset < 10)
    return network([node("Upsample", ["low", "scales"], ["out"], attributes)], {
      opset,
      initializers: [scales],
    });
  if (opset < 11)
    return network([node("Resize", ["low", "scales"], ["out"], attributes)], {
      opset,
      initializers: [scales],
    });
  return network([node("Resize", ["low", "roi", "none", "sizes"], ["out"], attributes)], {
    opset,
    initializers: [floatTensor("roi", [0], []), floatTensor("none", [0], []), sizes],
  });
}

async function run(model: OnnxModel, outputs: readonly string[] = ["out"]): Promise<Record<string, Tensor>> {
  const session = await openSession(
    model.withGraph({ output: outputs.map((name) => valueInfo(name)) }).toBytes(),
  );
  try {
    const data = uniformArray(seededRandom(9), elementCount(IMAGE));
    return await session.run({ image: { data, dims: IMAGE } });
  } finally {
    await session.release();
  }
}

/** What the runtime's Resize makes of `low`, to 13 x 18. */
async function ownResize(low: Tensor, attributes: Attributes): Promise<Float32Array> {
  const model = buildModel({
    nodes: [node("Resize", ["x", "", "", "sizes"], ["y"], attributes)],
    inputs: [valueInfo("x", low.dims)],
    outputs: [valueInfo("y")],
    initializers: [sizes],
    opset: 13,
  });
  const session = await openSession(OnnxModel.of(model).toBytes());
  try {
    return (await session.run({ x: low }))["y"]!.data as Float32Array;
  } finally {
    await session.release();
  }
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

describe.each(coordinates)("with %s coordinates", (wanted) => {
  test.each(
    [7, 8, 9, 10, 11, 13, 18].flatMap((opset) =>
      (opset < 11 ? ["linear", "nearest"] : ["linear", "nearest", "cubic"]).map(
        (mode) => [opset, mode] as const,
      ),
    ),
  )("operator set %i, %s: the tail is the runtime's own Resize within 1e-6", async (opset, mode) => {
    const before = resizing(opset, { mode });
    const after = await replaceResize(before, wanted);
    const { low, out } = await run(after, ["low", "out"]);
    const attributes = { mode, coordinate_transformation_mode: wanted.replace("-", "_") };
    const expected = await ownResize(low!, attributes);
    expect(out!.dims).toEqual([1, CHANNELS, 13, 18]);
    expect(largestDifference(out!.data as Float32Array, expected)).toBeLessThan(1e-6);
    expect(after.opset).toBe(opset);
    expect(after.outputs).toEqual(before.outputs);
    expect(after.inputs).toEqual(before.inputs);
  });

  test("gradients through it are within 1e-3 of differences along random directions", async () => {
    const model = await replaceResize(resizing(9), wanted);
    const step = await TrainingStep.open(await trainingGraphs(model, { trainable: "last", size: [10, 14] }));
    try {
      const random = seededRandom(8);
      const functional = uniformArray(random, elementCount(step.graphs.logits.dims));
      const features = await step.features(uniformArray(random, elementCount(IMAGE)));
      const got = await step.gradients(features, functional);
      expect(Object.keys(got)).toEqual(["w", "b"]);
      for (const [name, grad] of Object.entries(got)) {
        for (let i = 0; i < 3; i++) {
          const direction = uniformArray(random, grad.length);
          const expected = await step.difference(features, functional, name, (at) => direction[at]!, 0.5);
          const along = grad.reduce((sum, g, at) => sum + g * direction[at]!, 0);
          expect(relativeError([along], [expected]), name).toBeLessThan(1e-3);
        }
      }
    } finally {
      await step.close();
    }
  });

  test("the classifier is found through it, its channels change, and it is replaced again", async () => {
    const once = await replaceResize(resizing(9), wanted);
    const { classifier, logits, resizes } = inspect(once);
    expect(classifier).toMatchObject({ op: "Conv", weight: "w", bias: "b", features: "image" });
    expect(logits).toBe("out");
    expect(resizes).toMatchObject([
      { op: "MatMul", mode: "linear", coordinates: wanted, scales: [13 / 5, 18 / 7] },
    ]);
    const other = replaceClassifier(once, { channels: 2, seed: 1 });
    expect((await run(other))["out"]!.dims).toEqual([1, 2, 13, 18]);
    const back = await replaceResize(await replaceResize(once, "align-corners"), "half-pixel");
    expect(back.toBytes()).toEqual((await replaceResize(resizing(9), "half-pixel")).toBytes());
  });
});

test("an asymmetric Upsample and its replacement differ, by more than a quarter of the values", async () => {
  const [before, after] = [resizing(9), await replaceResize(resizing(9), "half-pixel")];
  const [a, b] = [await run(before), await run(after)].map(({ out }) => out!.data as Float32Array);
  expect(relativeError(a!, b!)).toBeGreaterThan(0.25);
});

test("sizes that only the old resize read go with it, and what others read stays", async () => {
  const computed = network(
    [
      node("Shape", ["image"], ["shape"]),
      node("Slice", ["shape", "two", "four"], ["plane"]),
      node("Concat", ["depth", "plane"], ["target"], { axis: 0 }),
      node("Resize", ["low", "", "", "target"], ["up"], { mode: "linear" }),
      node("Add", ["two", "four"], ["other"]),
      node("Softmax", ["up"], ["out"], { axis: 1 }),
    ],
    {
      outputs: [valueInfo("out", [1, CHANNELS, 10, 14])],
      initializers: [intTensor("two", [2]), intTensor("four", [4]), intTensor("depth", [1, CHANNELS])],
    },
  );
  const { graph } = await replaceResize(computed, "align-corners");
  expect(graph.node.map(({ opType }) => opType)).toEqual([
    "Conv",
    "Constant",
    "Constant",
    "MatMul",
    "MatMul",
    "Add",
    "Softmax",
  ]);
  expect(graph.initializer.map(({ name }) => name)).toEqual(["w", "b", "two", "four"]);
});

test("of two resizes the last that changes a size is replaced", async () => {
  const twice = network(
    [
      node("Resize", ["low", "", "twice"], ["mid"], { mode: "linear" }),
      node("Resize", ["mid", "", "twice"], ["big"], { mode: "linear" }),
      node("Resize", ["big", "", "same"], ["out"], { mode: "linear" }),
    ],
    {
      outputs: [valueInfo("out", [1, CHANNELS, 20, 28])],
      initializers: [floatTensor("twice", [4], [1, 1, 2, 2]), floatTensor("same", [4], [1, 1, 1, 1])],
    },
  );
  const { resizes } = inspect(await replaceResize(twice, "align-corners"));
  expect(resizes.map(({ op, coordinates: c }) => `${op} ${c}`)).toEqual([
    "Resize half-pixel",
    "MatMul align-corners",
    "Resize half-pixel",
  ]);
});

test("inspection says how a tail's resize places its pixels", () => {
  const of = (opset: number, attributes?: Attributes) => inspect(resizing(opset, attributes)).resizes;
  const linear = { mode: "linear" };
  expect(of(8)).toMatchObject([
    { op: "Upsample", mode: "linear", coordinates: "asymmetric", scales: [2.6, 2.6] },
  ]);
  expect(of(10)).toMatchObject([{ op: "Resize", coordinates: "asymmetric" }]);
  expect(of(13)).toMatchObject([{ op: "Resize", coordinates: "half-pixel", scales: undefined }]);
  expect(of(13, { ...linear, coordinate_transformation_mode: "align_corners" })).toMatchObject([
    { coordinates: "align-corners" },
  ]);
});

describe("refused with RESIZE_UNSUPPORTED", () => {
  const open = { inputs: [valueInfo("image", [1, 3, "h", "w"])], initializers: [scales], opset: 9 };
  const upsample = node("Upsample", ["low", "scales"], ["out"], { mode: "linear" });
  const cropping = { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" };
  const depthwise = { initializers: [floatTensor("s", [4], [1, 2, 2, 2])] };
  const labels = [
    node("ArgMax", ["low"], ["labels"], { axis: 1 }),
    node("Cast", ["labels"], ["cast"], { to: 1 }),
    node("Resize", ["cast", "", "scales"], ["out"]),
  ];
  test.each([
    [
      "a model without a resize",
      network([node("Identity", ["low"], ["out"])]),
      "there is no final Resize to change: leave out --resize",
    ],
    [
      "a resize of labels, behind the loss",
      network(labels, { initializers: [scales] }),
      "there is no final Resize to change",
    ],
    [
      "a size that the file leaves open",
      network([upsample], open),
      "leaves the size of its input 'image' [1, 3, h, w] open",
    ],
    [
      "a resize of channels",
      network([node("Resize", ["low", "", "s"], ["out"])], depthwise),
      "more than stretch height and width",
    ],
    [
      "a resize that crops",
      network([node("Resize", ["low", "roi", "scales"], ["out"], cropping)], {
        initializers: [scales, floatTensor("roi", [8], [0, 0, 0, 0, 1, 1, 1, 1])],
      }),
      "more than stretch height and width",
    ],
  ] as const)("%s", async (_, model, message) => {
    await expect(replaceResize(model, "half-pixel")).rejects.toMatchObject({
      code: "RESIZE_UNSUPPORTED",
      message: expect.stringContaining(message),
    });
  });

  test("matrices that are no linear interpolation", async () => {
    const cubic = await replaceResize(resizing(13, { mode: "cubic" }), "half-pixel");
    await expect(replaceResize(cubic, "align-corners")).rejects.toMatchObject({
      message: expect.stringContaining("no linear interpolation"),
    });
  });
});
