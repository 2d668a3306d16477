import {
  attachHead,
  buildModel,
  diffModels,
  elementType,
  floatTensor,
  intTensor,
  type ModelParts,
  node,
  OnnxModel,
  rawTensor,
  replaceClassifier,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { classifierNetwork } from "./support/backbones.ts";
import { segmentationNetwork } from "./support/networks.ts";

function model(parts: Partial<ModelParts> = {}): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes: [node("Conv", ["image", "w", "b"], ["c"], { pads: [0, 0, 0, 0] }), node("Relu", ["c"], ["out"])],
      inputs: [valueInfo("image", [1, 3, 4, 4])],
      outputs: [valueInfo("out", [1, 2, 4, 4])],
      initializers: [floatTensor("w", [2, 3, 1, 1], [1, 2, 3, 4, 5, 6]), floatTensor("b", [2], [1, 2])],
      ...parts,
    }),
  );
}

/** What is said of two models, without counts and where nothing is. */
function said(a: OnnxModel, b: OnnxModel): Record<string, unknown> {
  const { other, same, ...parts } = diffModels(a, b);
  const found = Object.entries(parts).flatMap(([what, { added, removed, changed }]) =>
    added.length + removed.length + changed.length === 0
      ? []
      : [[what, { added, removed, changed }] as const],
  );
  expect(same).toBe(found.length === 0 && other.length === 0);
  return { ...Object.fromEntries(found), ...(other.length > 0 && { other }) };
}

const only = (list: "added" | "removed" | "changed", item: unknown) => ({
  ...{ added: [], removed: [], changed: [] },
  [list]: [item],
});

describe("no difference is", () => {
  test("a model and itself, read and written", () => {
    const network = segmentationNetwork({ channels: 3 });
    const diff = diffModels(network, OnnxModel.parse(network.toBytes()));
    expect(diff.same).toBe(true);
    expect([diff.tensors.unchanged, diff.nodes.unchanged]).toEqual([5, 5]);
  });

  test("where and how a constant is kept, and the order of nodes that need not follow one another", () => {
    const kept = model({
      nodes: [
        node("Constant", [], ["b"], { value: { tensor: floatTensor("", [2], [1, 2]) } }),
        ...model().graph.node,
      ],
      initializers: [
        Object.assign(floatTensor("w", [2, 3, 1, 1], []), {
          rawData: new Uint8Array(),
          floatData: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer),
        }),
      ],
    });
    expect(said(model(), kept)).toEqual({});
  });
});

/** A type of one byte that is not read here. */
const FLOAT8 = 17;

describe("one difference is told as that one:", () => {
  test.each([
    [
      "numbers of a tensor, how many and how far",
      { initializers: [floatTensor("w", [2, 3, 1, 1], [1, 2, 3.5, 4, 3, 6]), floatTensor("b", [2], [1, 2])] },
      {
        tensors: only("changed", {
          name: "w",
          before: { type: "float32", dims: [2, 3, 1, 1] },
          after: { type: "float32", dims: [2, 3, 1, 1] },
          elementsChanged: 2,
          largestChange: 2,
        }),
      },
    ],
    [
      "a number that became NaN: none is farther",
      {
        initializers: [
          floatTensor("w", [2, 3, 1, 1], [1, 2, 3, 4, 5, Number.NaN]),
          floatTensor("b", [2], [1, 2]),
        ],
      },
      {
        tensors: only(
          "changed",
          expect.objectContaining({ elementsChanged: 1, largestChange: Number.POSITIVE_INFINITY }),
        ),
      },
    ],
    [
      "dims of a tensor",
      { initializers: [floatTensor("w", [2, 3, 1, 1], [1, 2, 3, 4, 5, 6]), floatTensor("b", [1], [1])] },
      {
        tensors: only("changed", {
          name: "b",
          before: { type: "float32", dims: [2] },
          after: { type: "float32", dims: [1] },
          elementsChanged: undefined,
          largestChange: undefined,
        }),
      },
    ],
    [
      "a tensor more",
      { initializers: [...model().graph.initializer, intTensor("shape", [1, 2])] },
      { tensors: only("added", { name: "shape", type: "int64", dims: [2] }) },
    ],
    [
      "an attribute",
      {
        nodes: [
          node("Conv", ["image", "w", "b"], ["c"], { pads: [1, 1, 1, 1] }),
          node("Relu", ["c"], ["out"]),
        ],
      },
      {
        nodes: only("changed", {
          output: "c",
          before: "Conv(image, w, b)",
          after: "Conv(image, w, b)",
          what: ["attribute pads"],
        }),
      },
    ],
    [
      "an operator",
      { nodes: [model().graph.node[0]!, node("Sigmoid", ["c"], ["out"])] },
      {
        nodes: only("changed", { output: "out", before: "Relu(c)", after: "Sigmoid(c)", what: ["operator"] }),
      },
    ],
    [
      "an input of a node",
      { nodes: [model().graph.node[0]!, node("Relu", ["image"], ["out"])] },
      {
        nodes: only("changed", { output: "out", before: "Relu(c)", after: "Relu(image)", what: ["inputs"] }),
      },
    ],
    [
      "a node more",
      { nodes: [...model().graph.node, node("Neg", ["c"], ["extra"])] },
      { nodes: only("added", { output: "extra", op: "Neg" }) },
    ],
    [
      "dims of an input",
      { inputs: [valueInfo("image", ["n", 3, 4, 4])] },
      {
        inputs: only("changed", {
          name: "image",
          before: { name: "image", type: "float32", dims: [1, 3, 4, 4] },
          after: { name: "image", type: "float32", dims: ["n", 3, 4, 4] },
        }),
      },
    ],
    [
      "an output more",
      { outputs: [...model().graph.output, valueInfo("c", [1])] },
      { outputs: only("added", { name: "c", type: "float32", dims: [1] }) },
    ],
    [
      "an operator set",
      { opset: 17 },
      { opsets: only("changed", { name: "ai.onnx", before: "18", after: "17" }) },
    ],
    ["a field of the file", { irVersion: 9n }, { other: ["ir_version"] }],
  ] as const)("%s", (_, parts, expected) => {
    expect(said(model(), model(parts as Partial<ModelParts>))).toEqual(expected);
  });

  test("metadata, and descriptions of values between", () => {
    const tagged = model().withMetadata({ author: "me", year: "2026" });
    expect(said(model(), tagged.withMetadata({ author: "you" }))).toMatchObject({
      metadata: {
        added: [
          { name: "year", value: "2026" },
          { name: "author", value: "you" },
        ],
      },
    });
    expect(said(tagged, tagged.withMetadata({ author: "you" }))).toEqual({
      metadata: only("changed", { name: "author", before: "me", after: "you" }),
    });
    expect(said(model(), model().withGraph({ valueInfo: [valueInfo("c")] }))).toEqual({
      other: ["graph.value_info"],
    });
  });

  test("one number of float64, in bytes that are part of a larger buffer", () => {
    const doubles = (...values: number[]) =>
      model({
        initializers: [
          ...model().graph.initializer,
          rawTensor("d", [2], elementType.float64, new Uint8Array(Float64Array.from(values).buffer)),
        ],
      });
    const read = OnnxModel.parse(Buffer.from(doubles(1, 2).toBytes()));
    expect(diffModels(read, doubles(1, 4)).tensors.changed).toMatchObject([
      { name: "d", elementsChanged: 1, largestChange: 2 },
    ]);
  });

  test("quantised numbers, and those of a type that is not read here", () => {
    const of = (type: number, bytes: readonly number[]) =>
      model({ initializers: [rawTensor("w", [bytes.length], type, Uint8Array.from(bytes))] });
    expect(said(of(elementType.int8, [1, 254, 3]), of(elementType.int8, [1, 2, 3]))).toEqual({
      tensors: only("changed", expect.objectContaining({ elementsChanged: 1, largestChange: 4 })),
    });
    expect(said(of(FLOAT8, [1, 1]), of(FLOAT8, [1, 0]))).toEqual({
      tensors: only("changed", expect.objectContaining({ name: "w", elementsChanged: undefined })),
    });
  });
});

describe("a model that was changed here differs where it should:", () => {
  test("other weights in those weights", () => {
    const network = segmentationNetwork({ channels: 3 });
    const { data, dims } = network.parameter("head.b");
    const moved = network.withParameters(new Map([["head.b", { data: data.map((v) => v + 0.25), dims }]]));
    expect(said(network, moved)).toEqual({
      tensors: only(
        "changed",
        expect.objectContaining({ name: "head.b", elementsChanged: 3, largestChange: 0.25 }),
      ),
    });
  });

  test("another classifier in its tensors, in what follows, and in the output", () => {
    const network = segmentationNetwork({ channels: 3, tail: "softmax" });
    const { tensors, nodes, outputs, other } = diffModels(
      network,
      replaceClassifier(network, { channels: 1, seed: 1 }),
    );
    expect(tensors.changed.map(({ name }) => name)).toEqual(["head.w", "head.b"]);
    expect(nodes.changed.map(({ before, after }) => [before, after])).toEqual([
      ["Softmax(up)", "Sigmoid(up)"],
    ]);
    expect(outputs.changed.map(({ name }) => name)).toEqual(["out"]);
    expect(other).toEqual([]);
  });

  test("an attached head in what is named like it, and what is gone", async () => {
    const network = classifierNetwork();
    const attached = await attachHead(network, { head: "lraspp", channels: 2, size: [32, 48], seed: 1 });
    const { tensors, nodes, inputs, outputs } = diffModels(network, attached);
    expect(tensors.changed.length + nodes.changed.length + inputs.changed.length).toBe(0);
    expect(tensors.added.every(({ name }) => name.startsWith("head/"))).toBe(true);
    expect(nodes.added.every(({ output }) => output.startsWith("head/") || output === "logits")).toBe(true);
    expect(tensors.removed.map(({ name }) => name)).toEqual(["w4", "b4", "flat"]);
    expect(nodes.removed.map(({ output }) => output)).toEqual(["pooled", "vector", "classes", "scores"]);
    expect([outputs.added.length, outputs.removed.length]).toEqual([1, 2]);
  });
});
