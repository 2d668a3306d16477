/** New heads on networks that have none; see real-models.test.ts for those nobody here made. */
import { elementCount, type Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  attachHead,
  buildModel,
  elementType,
  floatTensor,
  type HeadName,
  inspect,
  node,
  OnnxModel,
  openSession,
  rawTensor,
  replaceClassifier,
  trainingGraphs,
  valueInfo,
  verifyCut,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { classifierNetwork, stages } from "./support/backbones.ts";
import { dot } from "./support/dot.ts";
import { TrainingStep } from "./support/training-step.ts";

const size = [32, 48] as const;
const image = uniformArray(seededRandom(2), 3 * 32 * 48);
const names: readonly HeadName[] = ["linear", "fcn", "lraspp", "deeplabv3+"];
const featuresOf = (head: HeadName): readonly string[] =>
  head === "linear" || head === "fcn" ? [stages[8]] : [stages[4], stages[8]];

async function run(
  model: OnnxModel,
  feed: Tensor = { data: image, dims: [1, 3, ...size] },
  more: readonly string[] = [],
): Promise<Record<string, Tensor>> {
  const output = [...model.graph.output, ...more.map((name) => valueInfo(name, undefined))];
  const session = await openSession(model.withGraph({ output }).toBytes());
  try {
    return await session.run({ [model.inputs[0]!.name]: feed });
  } finally {
    await session.release();
  }
}

const attach = (model: OnnxModel, head: HeadName, more: Partial<Parameters<typeof attachHead>[1]> = {}) =>
  attachHead(model, { head, features: featuresOf(head), channels: 5, size, seed: 1, ...more });

describe.each(names)("%s", (head) => {
  test.each([7, 9, 10, 11, 12, 13, 17, 18, 19, 21])(
    "in operator set %i gives logits of every pixel, and inspect finds its classifier",
    async (opset) => {
      const attached = await attach(classifierNetwork({ opset }), head);
      expect(attached.outputs).toEqual([{ name: "logits", type: "float32", dims: [1, 5, ...size] }]);
      const { logits } = await run(attached);
      expect(logits?.dims).toEqual([1, 5, ...size]);
      const data = Array.from(logits?.data as Float32Array);
      expect(data.every(Number.isFinite)).toBe(true);
      expect(new Set(data).size).toBeGreaterThan(100);
      expect(inspect(attached)).toMatchObject({
        channels: 5,
        logits: "logits",
        output: { kind: "logits", layout: "NCHW" },
        classifier: { op: "Conv", weight: "head/classifier/weight", bias: "head/classifier/bias" },
        resizes: [{ mode: "linear", coordinates: "half-pixel" }],
      });
    },
  );

  test("is the same in operator sets 10 and 11, within 1e-5", async () => {
    const [by, at] = await Promise.all(
      [10, 11].map(async (opset) => (await run(await attach(classifierNetwork({ opset }), head)))["logits"]),
    );
    expect(relativeError(by?.data as Float32Array, at?.data as Float32Array)).toBeLessThan(1e-5);
  });

  test("leaves its features as they were, bit by bit, and nothing that only the old outputs needed", async () => {
    const model = classifierNetwork();
    const attached = await attach(model, head);
    const features = featuresOf(head);
    const [before, after] = [await run(model, undefined, features), await run(attached, undefined, features)];
    for (const name of features) expect(after[name]).toEqual(before[name]);
    const made = attached.graph.node.flatMap(({ output }) => output);
    for (const gone of ["pooled", "vector", "classes", "scores"]) expect(made).not.toContain(gone);
    const constants = attached.graph.initializer.map(({ name }) => name);
    expect(constants.filter((name) => !name.startsWith("head/"))).toEqual(["w0", "b0", "w1", "w2", "w3"]);
    expect(attached.inputs).toEqual(model.inputs);
    for (const tensor of attached.graph.initializer.slice(0, 5))
      expect(model.graph.initializer).toContain(tensor);
    const read = new Set(attached.graph.node.flatMap(({ input }) => input));
    expect([...constants, ...made].filter((name) => !read.has(name))).toEqual(["logits"]);
  });

  test("takes another number of channels, and is cut at its classifier within 1e-5 of the whole", async () => {
    const attached = await attach(classifierNetwork(), head);
    const replaced = replaceClassifier(attached, { channels: 2, seed: 3 });
    expect((await run(replaced))["logits"]?.dims).toEqual([1, 2, ...size]);
    const graphs = await trainingGraphs(replaced, { trainable: "last", size });
    expect(graphs.logits.dims).toEqual([1, 2, ...size]);
    expect(await verifyCut(replaced, graphs, image)).toBeLessThan(1e-5);
  });

  test("trains whole behind its features: gradients within 1e-2 of differences along a random direction", async () => {
    const attached = await attach(classifierNetwork(), head);
    const graphs = await trainingGraphs(attached, { trainable: featuresOf(head), size });
    const weights = attached.graph.initializer.filter(({ name }) => /^head\/.*\/(weight|bias)$/.test(name));
    expect(graphs.parameters.map(({ name }) => name).sort()).toEqual(weights.map(({ name }) => name).sort());
    const step = await TrainingStep.open(graphs);
    try {
      const features = await step.features(image);
      const functional = uniformArray(seededRandom(6), elementCount(graphs.logits.dims));
      const gradients = await step.gradients(features, functional);
      const got: number[] = [];
      const expected: number[] = [];
      for (const { name, data } of graphs.parameters) {
        const direction = uniformArray(seededRandom(7), data.length);
        got.push(dot(gradients[name] as Float32Array, direction));
        expected.push(await step.difference(features, functional, name, (i) => direction[i] as number, 1e-3));
      }
      expect(relativeError(got, expected)).toBeLessThan(1e-2);
    } finally {
      await step.close();
    }
  });

  test("goes along with images of another size and number from operator set 11 on", async () => {
    const model = classifierNetwork({ opset: 11, dims: ["n", 3, "h", "w"] });
    const attached = await attach(model, head);
    expect(attached.inputs).toEqual(model.inputs);
    expect(attached.outputs[0]?.dims).toEqual(["n", 5, "h", "w"]);
    const feed = { data: image, dims: [2, 3, 16, 48] };
    expect((await run(attached, feed))["logits"]?.dims).toEqual([2, 5, 16, 48]);
  });

  test("is the same for the same seed, and another for another", async () => {
    const model = classifierNetwork();
    const bytes = async (seed: number) => Buffer.from((await attach(model, head, { seed })).toBytes());
    expect((await bytes(1)).equals(await bytes(1))).toBe(true);
    expect((await bytes(1)).equals(await bytes(2))).toBe(false);
  });
});

describe("weights", () => {
  test("of a layer before a Relu have deviation √(2 / taps) within 5 %, those of the classifier 0.01; biases are 0", async () => {
    const attached = await attach(classifierNetwork(), "fcn", { width: 400, channels: 50 });
    const deviation = (name: string): number => {
      const { data } = attached.parameter(name);
      return Math.sqrt(data.reduce((sum, v) => sum + v ** 2, 0) / data.length);
    };
    expect(attached.parameter("head/conv/weight").dims).toEqual([400, 16, 3, 3]);
    expect(Math.abs(deviation("head/conv/weight") / Math.sqrt(2 / 144) - 1)).toBeLessThan(0.05);
    expect(Math.abs(deviation("head/classifier/weight") / 0.01 - 1)).toBeLessThan(0.05);
    for (const layer of ["conv", "classifier"]) {
      expect(attached.parameter(`head/${layer}/bias`).data.every((v) => v === 0)).toBe(true);
    }
  });

  test("of layers of one shape are not the same", async () => {
    const attached = await attach(classifierNetwork(), "deeplabv3+");
    const [one, two] = [1, 2].map((i) => attached.parameter(`head/aspp/atrous${i}/depthwise/weight`).data);
    expect(one).not.toEqual(two);
  });
});

describe("what it stands on", () => {
  test("is chosen where no features are named: stride 8 for one, 4 and 8 for two", async () => {
    for (const head of names) {
      const { graph } = await attachHead(classifierNetwork(), { head, channels: 2, size, seed: 1 });
      const read = new Set(
        graph.node.filter(({ output }) => output[0]?.startsWith("head/")).flatMap((n) => n.input),
      );
      for (const feature of featuresOf(head)) expect(read).toContain(feature);
    }
  });

  test("may have names that begin like those of the head: then the head takes others", async () => {
    const model = classifierNetwork();
    const twice = await attachHead(
      model.withGraph({
        node: [
          ...model.graph.node.slice(0, 9),
          node("Identity", ["r3"], ["head/mine"]),
          node("Conv", ["head/mine", "logits"], ["logits3"]),
        ],
        initializer: [...model.graph.initializer, floatTensor("logits", [4, 16, 1, 1], new Float32Array(64))],
        output: [valueInfo("logits3", [1, 4, 4, 6])],
      }),
      { head: "fcn", features: ["logits3"], channels: 3, size, seed: 1 },
    );
    expect(twice.outputs.map(({ name }) => name)).toEqual(["logits2"]);
    expect(inspect(twice).classifier.weight).toBe("head2/classifier/weight");
    expect((await run(twice))["logits2"]?.dims).toEqual([1, 3, ...size]);
  });

  test("may be the head of an earlier call, which it replaces", async () => {
    const first = await attach(classifierNetwork(), "deeplabv3+");
    const second = await attach(first, "linear");
    expect(second.graph.node.length).toBeLessThan(first.graph.node.length);
    expect(inspect(second).classifier.weight).toBe("head/classifier/weight");
    expect((await run(second))["logits"]?.dims).toEqual([1, 5, ...size]);
  });

  test("of float16 is cast, and a float16 input stays one", async () => {
    const half = new Uint16Array(16 * 3).map((_, i) => 0x2e00 + 37 * i);
    const model = OnnxModel.of(
      buildModel({
        nodes: [
          node("Conv", ["image", "w"], ["c"], { strides: [4, 4] }),
          node("Relu", ["c"], ["r"]),
          node("GlobalMaxPool", ["r"], ["out"]),
        ],
        inputs: [valueInfo("image", [1, 3, ...size], elementType.float16)],
        outputs: [valueInfo("out", [1, 16, 1, 1], elementType.float16)],
        initializers: [rawTensor("w", [16, 3, 1, 1], elementType.float16, new Uint8Array(half.buffer))],
      }),
    );
    const attached = await attachHead(model, { head: "fcn", features: ["r"], channels: 2, size, seed: 1 });
    expect(attached.inputs).toEqual(model.inputs);
    const feed = { data: new Uint16Array(3 * 32 * 48).fill(0x3800), dims: [1, 3, ...size] };
    const { logits } = await run(attached, feed);
    expect(logits?.data).toBeInstanceOf(Float32Array);
    expect(logits?.dims).toEqual([1, 2, ...size]);
    expect(inspect(attached).input.type).toBe("float16");
  });

  test("in a file of IR version 3, which lists its initialisers as inputs, has those of the head listed too", async () => {
    const { graph, proto } = classifierNetwork({ opset: 8 });
    const listed = graph.initializer.map(({ name, dims, dataType }) =>
      valueInfo(name, dims.map(Number), dataType),
    );
    const old = OnnxModel.of({
      ...proto,
      irVersion: 3n,
      graph: { ...graph, input: [...graph.input, ...listed] },
    });
    const attached = await attach(old, "fcn");
    const inputs = attached.graph.input.map(({ name }) => name);
    expect(inputs).toEqual(["image", ...attached.graph.initializer.map(({ name }) => name)]);
    expect(attached.inputs).toEqual(old.inputs);
    expect((await run(attached))["logits"]?.dims).toEqual([1, 5, ...size]);
  });

  test("with channels last is transposed, and the image may have them last too", async () => {
    const model = OnnxModel.of(
      buildModel({
        nodes: [
          node("Transpose", ["image"], ["planes"], { perm: [0, 3, 1, 2] }),
          node("Conv", ["planes", "w"], ["c"], { strides: [4, 4] }),
          node("Transpose", ["c"], ["last"], { perm: [0, 2, 3, 1] }),
          node("Relu", ["last"], ["r"]),
        ],
        inputs: [valueInfo("image", [1, ...size, 3])],
        outputs: [valueInfo("r", [1, 8, 12, 7])],
        initializers: [floatTensor("w", [7, 3, 1, 1], uniformArray(seededRandom(4), 21))],
      }),
    );
    const attached = await attachHead(model, { head: "linear", features: ["r"], channels: 2, size, seed: 1 });
    expect(inspect(attached)).toMatchObject({
      input: { layout: "NHWC" },
      classifier: { weightDims: [2, 7, 1, 1] },
    });
    expect((await run(attached, { data: image, dims: [1, ...size, 3] }))["logits"]?.dims).toEqual([
      1,
      2,
      ...size,
    ]);
  });
});

describe("refused", () => {
  const model = classifierNetwork();
  test.each([
    [
      "a head that does not exist",
      { head: "unet" as HeadName },
      "HEAD_UNKNOWN",
      /'unet': choose one of linear, fcn/,
    ],
    ["no channels", { channels: 0 }, "CHANNELS_INVALID", /got 0/],
    ["no width", { width: 1.5 }, "CHANNELS_INVALID", /inside of a head .* got 1.5/],
    ["two features for one", { features: ["sum", "r3"] }, "FEATURES_INVALID", /takes 1 feature; got sum, r3/],
    [
      "one feature for two",
      { head: "lraspp", features: ["r3"] },
      "FEATURES_INVALID",
      /takes 2 features, low and high/,
    ],
    [
      "high before low",
      { head: "lraspp", features: ["r3", "sum"] },
      "FEATURES_INVALID",
      /r3 of 4×6, then sum of 8×12/,
    ],
    ["a name that is none", { features: ["nowhere"] }, "TENSOR_NOT_FOUND", /'nowhere'/],
    ["a vector", { features: ["vector"] }, "TENSOR_UNSUPPORTED", /'vector': it is float32 \[1, 16\]/],
    ["one pixel", { features: ["pooled"] }, "TENSOR_UNSUPPORTED", /one pixel alone/],
    ["a weight", { features: ["w0"] }, "TENSOR_UNSUPPORTED", /does not depend on the image/],
    ["a size the model does not take", { size: [32, 32] as const }, "MODEL_UNSUPPORTED", /\[1, 3, 32, 48\]/],
  ] as const)("%s", async (_, options, code, message) => {
    await expect(attach(model, "fcn", options as Parameters<typeof attach>[2])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test("axes that may be channels first or last", async () => {
    const unclear = OnnxModel.of(
      buildModel({
        nodes: [node("Reshape", ["image", "shape"], ["r"]), node("Sigmoid", ["r"], ["out"])],
        inputs: [valueInfo("image", [1, 4, 4, 4])],
        outputs: [valueInfo("out", [1, 4, 4, 4])],
        initializers: [],
      }),
    ).withGraph({
      node: [
        node("Einsum", ["image", "image"], ["r"], { equation: "nchw,nchw->nchw" }),
        node("Sigmoid", ["r"], ["out"]),
      ],
    });
    await expect(
      attachHead(unclear, { head: "linear", features: ["out"], channels: 2, size: [4, 4], seed: 1 }),
    ).rejects.toMatchObject({
      code: "TENSOR_UNSUPPORTED",
      message: expect.stringContaining("which axes of [1, 4, 4, 4] are height and width is not to be told"),
    });
  });

  test("a model without anything to stand on, when no features are named", async () => {
    const flat = OnnxModel.of(
      buildModel({
        nodes: [node("Conv", ["image", "w"], ["out"])],
        inputs: [valueInfo("image", [1, 3, 4, 4])],
        outputs: [valueInfo("out", [1, 2, 4, 4])],
        initializers: [floatTensor("w", [2, 3, 1, 1], new Float32Array(6))],
      }),
    );
    await expect(
      attachHead(flat, { head: "linear", channels: 2, size: [4, 4], seed: 1 }),
    ).rejects.toMatchObject({ code: "FEATURES_INVALID", message: expect.stringContaining("only nothing") });
  });
});
