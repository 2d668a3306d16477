import type { Tensor } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  floatTensor,
  inspect,
  intTensor,
  node,
  OnnxModel,
  openSession,
  replaceClassifier,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { SIZE, segmentationNetwork } from "./support/networks.ts";

async function run(model: OnnxModel): Promise<Tensor> {
  const { name, dims } = model.inputs[0]!;
  const session = await openSession(model.toBytes());
  try {
    const data = uniformArray(
      seededRandom(9),
      dims.reduce<number>((a, d) => a * (d as number), 1),
    );
    const results = await session.run({ [name]: { data, dims: dims as number[] } });
    expect(Object.keys(results)).toEqual(["out"]);
    return results["out"]!;
  } finally {
    await session.release();
  }
}

/** With a head that answers more than noise: weights of N(0, 0.01) make all outputs alike. */
function withLoudHead(model: OnnxModel): OnnxModel {
  const random = seededRandom(3);
  const { classifier } = inspect(model);
  const loud = [classifier.weight, classifier.bias!].map((name) => {
    const { data, dims } = model.parameter(name);
    return [name, { data: uniformArray(random, data.length), dims }] as const;
  });
  return model.withParameters(new Map(loud));
}

const dimsOfOutput = (layout: string, depth: number): number[] =>
  layout === "NHWC" ? [1, SIZE, SIZE, depth] : [1, depth, SIZE, SIZE];

/** The number of channel `c` at pixel `p`. */
function pixel({ data, dims }: Tensor, layout: string, p: number, c: number): number {
  const channels = layout === "NHWC" ? dims[3]! : dims[1]!;
  return Number(data[layout === "NHWC" ? p * channels + c : c * SIZE * SIZE + p]);
}

describe.each(["NCHW", "NHWC"] as const)("in an %s model", (layout) => {
  test.each([
    ["logits", 3, 5],
    ["logits", 3, 1],
    ["logits", 1, 4],
    ["softmax", 3, 5],
    ["sigmoid", 3, 1],
    ["argmax", 3, 5],
    ["argmax-uint8", 5, 2],
  ] as const)("a %s tail over %i channels follows to %i, and names and kind stay", async (tail, from, to) => {
    const model = segmentationNetwork({ channels: from, layout, tail });
    const replaced = replaceClassifier(model, { channels: to, seed: 1 });
    const depth = tail.startsWith("argmax") ? 1 : to;
    expect(replaced.inputs).toEqual(model.inputs);
    expect(replaced.outputs).toEqual([{ ...model.outputs[0]!, dims: dimsOfOutput(layout, depth) }]);
    expect((await run(replaced)).dims).toEqual(dimsOfOutput(layout, depth));
    const [before, after] = [inspect(model), inspect(replaced)];
    expect(after.channels).toBe(to);
    expect(after.output.kind).toBe(before.output.kind);
    expect(after.output.layout).toBe(layout);
  });

  test.each([false, true])(
    "softmax follows a change of channels and sums to 1 within 1e-6 (before the transpose: %s)",
    async (activationFirst) => {
      const model = segmentationNetwork({ channels: 3, layout, tail: "softmax", activationFirst });
      const output = await run(withLoudHead(replaceClassifier(model, { channels: 4, seed: 1 })));
      for (let p = 0; p < SIZE * SIZE; p++) {
        const sum = [0, 1, 2, 3].reduce((total, c) => total + pixel(output, layout, p, c), 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
      }
    },
  );

  test.each([false, true])(
    "sigmoid of 1 channel becomes softmax of 3, which sums to 1 within 1e-6 (before the transpose: %s)",
    async (activationFirst) => {
      const model = segmentationNetwork({ channels: 1, layout, tail: "sigmoid", activationFirst });
      const replaced = replaceClassifier(model, { channels: 3, seed: 1 });
      expect(inspect(replaced).output.kind).toBe("softmax");
      const output = await run(withLoudHead(replaced));
      expect(output.dims).toEqual(dimsOfOutput(layout, 3));
      for (let p = 0; p < SIZE * SIZE; p++) {
        const sum = [0, 1, 2].reduce((total, c) => total + pixel(output, layout, p, c), 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
      }
    },
  );

  test("softmax of several channels becomes sigmoid of one, within 1e-6 of 1 / (1 + e^-x)", async () => {
    const options = { layout, channels: 3 } as const;
    const replaced = withLoudHead(
      replaceClassifier(segmentationNetwork({ ...options, tail: "softmax" }), { channels: 1, seed: 1 }),
    );
    const logits = withLoudHead(
      replaceClassifier(segmentationNetwork({ ...options, tail: "logits" }), { channels: 1, seed: 1 }),
    );
    expect(inspect(replaced).output.kind).toBe("sigmoid");
    const [got, x] = [await run(replaced), await run(logits)];
    for (let p = 0; p < SIZE * SIZE; p++) {
      expect(Math.abs(Number(got.data[p]) - 1 / (1 + Math.exp(-Number(x.data[p]))))).toBeLessThan(1e-6);
    }
  });

  test.each([
    ["argmax", BigInt64Array],
    ["argmax-uint8", Uint8Array],
  ] as const)("%s of several channels becomes x > 0 of one, in the same type", async (tail, type) => {
    const options = { layout, channels: 3 } as const;
    const replaced = withLoudHead(
      replaceClassifier(segmentationNetwork({ ...options, tail }), { channels: 1, seed: 1 }),
    );
    const logits = withLoudHead(
      replaceClassifier(segmentationNetwork({ ...options, tail: "logits" }), { channels: 1, seed: 1 }),
    );
    expect(inspect(replaced)).toMatchObject({ channels: 1, output: { kind: "threshold" } });
    const [got, x] = [await run(replaced), await run(logits)];
    expect(got.data).toBeInstanceOf(type);
    const labels = Array.from(got.data, Number);
    expect(labels).toEqual(labels.map((_, i) => (Number(x.data[i]) > 0 ? 1 : 0)));
    expect(new Set(labels)).toEqual(new Set([0, 1]));
  });
});

describe("what is not the classifier", () => {
  test("stays byte for byte, and shares its memory with the old model", () => {
    const model = segmentationNetwork({ channels: 3, tail: "softmax" });
    const replaced = replaceClassifier(model, { channels: 5, seed: 1 });
    for (const tensor of model.graph.initializer.filter(({ name }) => !name.startsWith("head."))) {
      expect(replaced.graph.initializer).toContain(tensor);
    }
    expect(replaced.graph.initializer.map(({ name }) => name)).toEqual(
      model.graph.initializer.map(({ name }) => name),
    );
    expect(replaced.graph.node).toEqual(model.graph.node);
    expect(inspect(model).channels).toBe(3);
  });

  test("stays the same object when the number of channels does not change", () => {
    const model = segmentationNetwork({ channels: 3 });
    expect(replaceClassifier(model, { channels: 3, seed: 1 })).toBe(model);
  });
});

describe("new weights", () => {
  const weights = (seed: number): Float32Array =>
    replaceClassifier(segmentationNetwork({ channels: 2 }), { channels: 500, seed }).parameter("head.w").data;

  test("are the same for the same seed, and others for another", () => {
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  test("have mean 0 within 0.001, deviation 0.01 within 5 %, and biases of 0", () => {
    const data = weights(4);
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    const deviation = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length);
    expect(Math.abs(mean)).toBeLessThan(0.001);
    expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(0.05);
    const model = replaceClassifier(segmentationNetwork({ channels: 2 }), { channels: 5, seed: 1 });
    expect(model.parameter("head.b").data).toEqual(new Float32Array(5));
  });
});

/** A 1x1 classifier of 3 channels with nothing else of note; `change` may bend it. */
function bareModel(parts: Partial<Parameters<typeof buildModel>[0]>): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes: [node("Conv", ["image", "w", "b"], ["out"])],
      inputs: [valueInfo("image", [1, 3, 4, 4])],
      outputs: [valueInfo("out", [1, 3, 4, 4])],
      initializers: [floatTensor("w", [3, 3, 1, 1], new Float32Array(9)), floatTensor("b", [3], [1, 2, 3])],
      ...parts,
    }),
  );
}

describe("a classifier whose weights are wrapped", () => {
  test("in an Identity is replaced and still runs", async () => {
    const model = bareModel({
      nodes: [node("Identity", ["w"], ["w2"]), node("Conv", ["image", "w2", "b"], ["out"])],
    });
    expect((await run(replaceClassifier(model, { channels: 2, seed: 1 }))).dims).toEqual([1, 2, 4, 4]);
  });

  test("in MatMul and Add over channels that come last is replaced along the last axis", async () => {
    const model = bareModel({
      nodes: [
        node("Transpose", ["image"], ["x"], { perm: [0, 2, 3, 1] }),
        node("MatMul", ["x", "w"], ["m"]),
        node("Add", ["b", "m"], ["a"]),
        node("Transpose", ["a"], ["out"], { perm: [0, 3, 1, 2] }),
      ],
      initializers: [floatTensor("w", [3, 3], new Float32Array(9)), floatTensor("b", [3], [1, 2, 3])],
    });
    const replaced = replaceClassifier(model, { channels: 2, seed: 1 });
    expect(replaced.parameter("w").dims).toEqual([3, 2]);
    expect((await run(replaced)).dims).toEqual([1, 2, 4, 4]);
  });

  test("by a Resize to constant sizes and a Reshape takes both along", async () => {
    const model = bareModel({
      nodes: [
        node("Conv", ["image", "w", "b"], ["low"]),
        node("Resize", ["low", "", "", "sizes"], ["up"], { mode: "nearest" }),
        node("Reshape", ["up", "shape"], ["out"]),
      ],
      initializers: [
        floatTensor("w", [3, 3, 1, 1], new Float32Array(9)),
        floatTensor("b", [3], [1, 2, 3]),
        intTensor("sizes", [1, 3, 8, 8]),
        intTensor("shape", [1, 3, 4, 16]),
      ],
      outputs: [valueInfo("out", [1, 3, 4, 16])],
    });
    const replaced = replaceClassifier(model, { channels: 7, seed: 1 });
    expect((await run(replaced)).dims).toEqual([1, 7, 4, 16]);
  });
});

/** A ConvTranspose of an image `[1, 3, 4, 4]` to `from` channels of twice the size, and what follows it. */
function transposedModel(
  from: number,
  nodes: Parameters<typeof buildModel>[0]["nodes"],
  more: readonly (readonly [string, readonly number[]])[],
): OnnxModel {
  return bareModel({
    nodes,
    initializers: [
      floatTensor("w", [3, from, 2, 2], new Float32Array(12 * from)),
      ...more.map(([name, dims]) =>
        floatTensor(name, dims, new Float32Array(dims.reduce((x, y) => x * y, 1))),
      ),
      intTensor("planes", [1, from, 1, 1]),
    ],
    outputs: [valueInfo("out", [1, from, 8, 8])],
  });
}

describe("a ConvTranspose as classifier", () => {
  const strides = { strides: [2, 2] };
  const up = node("ConvTranspose", ["image", "w"], ["up"], strides);

  test.each([
    ["a bias of its own", [node("ConvTranspose", ["image", "w", "b"], ["out"], strides)], [4], [7]],
    ["no bias", [node("ConvTranspose", ["image", "w"], ["out"], strides)], undefined, undefined],
    ["an added bias", [up, node("Add", ["up", "b"], ["out"])], [1, 4, 1, 1], [1, 7, 1, 1]],
    [
      "an added bias that a Reshape lays along the channels",
      [up, node("Reshape", ["b", "planes"], ["planar"]), node("Add", ["planar", "up"], ["out"])],
      [4],
      [7],
    ],
    [
      "a height and width it is told",
      [node("ConvTranspose", ["image", "w"], ["out"], { ...strides, output_shape: [8, 8] })],
      undefined,
      undefined,
    ],
  ] as const)("with %s follows from 4 channels to 7", async (_, nodes, bias, after) => {
    const model = transposedModel(4, nodes, bias === undefined ? [] : [["b", bias]]);
    expect(inspect(model)).toMatchObject({
      channels: 4,
      classifier: { op: "ConvTranspose", features: "image", weight: "w", weightAxis: 1 },
      logits: "out",
    });
    expect(inspect(model).classifier.bias).toBe(bias && "b");
    const replaced = replaceClassifier(model, { channels: 7, seed: 1 });
    expect(inspect(replaced).channels).toBe(7);
    expect(replaced.parameter("w").dims).toEqual([3, 7, 2, 2]);
    if (after !== undefined) expect(replaced.parameter("b").dims).toEqual(after);
    expect((await run(replaced)).dims).toEqual([1, 7, 8, 8]);
  });

  test.each([
    ["of four axes", [1, 1, 1, 1], [1, 3, 1, 1]],
    ["of one axis", [1], [3, 1, 1]],
    ["of none", [], [3, 1, 1]],
  ] as const)("of one channel with an added number %s gets a bias per channel", async (_, bias, after) => {
    const model = transposedModel(1, [up, node("Add", ["up", "b"], ["out"])], [["b", bias]]);
    const replaced = replaceClassifier(model, { channels: 3, seed: 1 });
    expect(replaced.parameter("b").dims).toEqual(after);
    expect((await run(replaced)).dims).toEqual([1, 3, 8, 8]);
  });

  test("that shares the shape of its bias with another layer leaves that layer's as it was", async () => {
    const model = transposedModel(
      4,
      [
        node("Reshape", ["other", "planes"], ["shift"]),
        node("Conv", ["image", "w0"], ["four"]),
        node("Add", ["four", "shift"], ["moved"]),
        node("Conv", ["moved", "w1"], ["three"]),
        node("ConvTranspose", ["three", "w"], ["up"], strides),
        node("Reshape", ["b", "planes"], ["planar"]),
        node("Add", ["up", "planar"], ["out"]),
      ],
      [
        ["b", [4]],
        ["other", [4]],
        ["w0", [4, 3, 1, 1]],
        ["w1", [3, 4, 1, 1]],
      ],
    );
    expect((await run(replaceClassifier(model, { channels: 2, seed: 1 }))).dims).toEqual([1, 2, 8, 8]);
  });
});

describe("a model that cannot follow is refused with CLASSIFIER_UNSUPPORTED, naming the node", () => {
  test.each(["Conv", "ConvTranspose"])("when the last layer is a %s in groups", (op) => {
    const dims = op === "Conv" ? [6, 1, 1, 1] : [3, 2, 1, 1];
    const model = bareModel({
      nodes: [node(op, ["image", "w"], ["out"], { group: 3 })],
      initializers: [floatTensor("w", dims, new Float32Array(6))],
      outputs: [valueInfo("out", [1, 6, 4, 4])],
    });
    expect(inspect(model).channels).toBe(6);
    expect(() => replaceClassifier(model, { channels: 2, seed: 1 })).toThrow(
      expect.objectContaining({ code: "CLASSIFIER_UNSUPPORTED", context: { op, node: `${op}:out` } }),
    );
  });

  test("when the last layer is a ConvTranspose along one axis", () => {
    const model = bareModel({
      nodes: [node("ConvTranspose", ["image", "w"], ["out"])],
      initializers: [floatTensor("w", [3, 2, 2], new Float32Array(12))],
    });
    expect(() => inspect(model)).toThrow(
      expect.objectContaining({
        code: "CLASSIFIER_UNSUPPORTED",
        context: { op: "ConvTranspose", node: "ConvTranspose:out" },
      }),
    );
  });
});
