/** Gradients of small networks that are wired as few exporters do it, but as the format allows. */
import { elementCount } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  elementType,
  floatTensor,
  intTensor,
  node,
  OnnxModel,
  rawTensor,
  type Trainable,
  trainingGraphs,
  valueInfo,
  verifyCut,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { TrainingStep } from "./support/training-step.ts";

type Node = ReturnType<typeof node>;
type TensorProto = ReturnType<typeof floatTensor>;

interface Wiring {
  readonly nodes: readonly Node[];
  /** Float weights by name, of seeded numbers. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly constants?: readonly TensorProto[];
  readonly trainable?: Trainable;
  /** Weights whose gradients are expected; all of `weights` unless given. */
  readonly trained?: readonly string[];
  /** Of the image; 4 by 5 unless given. */
  readonly size?: readonly [number, number];
  /** Of the logits, where it is another. */
  readonly outputSize?: readonly [number, number];
  readonly opset?: number;
  /** Outputs besides `logits`. */
  readonly outputs?: readonly string[];
}

const same = { pads: [1, 1, 1, 1] };

function float16(name: string, dims: readonly number[]): TensorProto {
  // 0.5, -0.25, 1 and so on: exact.
  const bits = [0x3800, 0xb400, 0x3c00, 0xb800, 0x3400, 0x3a00];
  const data = Uint16Array.from({ length: elementCount(dims) }, (_, i) => bits[i % bits.length]!);
  return rawTensor(name, dims, elementType.float16, new Uint8Array(data.buffer));
}

const wirings: Readonly<Record<string, Wiring>> = {
  "logits that other nodes read too, on the way to another output": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Conv", ["h", "w"], ["logits"]),
      node("Softmax", ["logits"], ["soft"], { axis: 1 }),
      node("Mul", ["logits", "logits"], ["squared"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
    outputs: ["soft", "squared"],
  },
  "a value read by three nodes, twice by one": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Mul", ["h", "h"], ["square"]),
      node("Add", ["square", "h"], ["s"]),
      node("Concat", ["h", "s", "h"], ["c"], { axis: 1 }),
      node("Conv", ["c", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 9, 1, 1] },
  },
  "a weight that is also data": {
    nodes: [
      node("Conv", ["image", "a"], ["h"]),
      node("Mul", ["h", "a"], ["m"]),
      node("Conv", ["m", "w"], ["logits"]),
    ],
    weights: { a: [1, 2, 1, 1], w: [2, 2, 1, 1] },
  },
  "weights behind Reshape, Transpose, Unsqueeze, Identity and Cast": {
    nodes: [
      node("Reshape", ["a", "kernel"], ["a4"]),
      node("Conv", ["image", "a4"], ["h"]),
      node("Identity", ["b"], ["b1"]),
      node("Unsqueeze", ["b1", "two"], ["b2"]),
      node("Unsqueeze", ["b2", "three"], ["b3"]),
      node("Conv", ["h", "b3"], ["g"]),
      node("Cast", ["c"], ["c0"], { to: elementType.float }),
      node("Transpose", ["c0"], ["c1"], { perm: [3, 2, 0, 1] }),
      node("Conv", ["g", "c1"], ["f"]),
      node("Conv", ["f", "w"], ["logits"]),
    ],
    weights: { a: [6], b: [3, 3], c: [1, 1, 3, 3], w: [2, 3, 1, 1] },
    constants: [intTensor("kernel", [3, 2, 1, 1]), intTensor("two", [2]), intTensor("three", [3])],
  },
  "a split of which nothing reads the middle": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Split", ["h", "parts"], ["p", "q", "r"], { axis: 1 }),
      node("Mul", ["p", "r"], ["m"]),
      node("Conv", ["m", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 1, 1, 1] },
    constants: [intTensor("parts", [1, 1, 1])],
  },
  "a Dropout whose mask is read": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Dropout", ["h"], ["d", "mask"]),
      node("Cast", ["mask"], ["kept"], { to: elementType.float }),
      node("Mul", ["d", "kept"], ["m"]),
      node("Conv", ["m", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
    opset: 13,
  },
  "a comparison as a factor": {
    nodes: [
      node("Conv", ["image", "a", "b"], ["h"]),
      node("Greater", ["h", "zero"], ["above"]),
      node("Cast", ["above"], ["factor"], { to: elementType.float }),
      node("Mul", ["h", "factor"], ["m"]),
      node("Conv", ["m", "w"], ["logits"]),
    ],
    weights: { a: [2, 2, 1, 1], w: [2, 2, 1, 1] },
    constants: [floatTensor("zero", [], [0]), floatTensor("b", [2], [9, -9])],
    trainable: ["a", "w"],
  },
  "a BatchNormalization whose scale two nodes read": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("BatchNormalization", ["h", "scale", "bias", "mean", "var"], ["n"]),
      node("Reshape", ["scale", "planes"], ["scales"]),
      node("Mul", ["n", "scales"], ["m"]),
      node("Conv", ["m", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], scale: [3], bias: [3], w: [2, 3, 1, 1] },
    constants: [
      floatTensor("mean", [3], [0.1, 0.2, 0.3]),
      floatTensor("var", [3], [1, 2, 0.5]),
      intTensor("planes", [3, 1, 1]),
    ],
  },
  "a trained exponent": {
    nodes: [
      node("Conv", ["image", "a"], ["h"]),
      node("Sigmoid", ["h"], ["s"]),
      node("Pow", ["s", "e"], ["p"]),
      node("Conv", ["p", "w"], ["logits"]),
    ],
    weights: { a: [2, 2, 1, 1], w: [2, 2, 1, 1] },
    constants: [floatTensor("e", [1], [2])],
    trainable: ["a", "e"],
    trained: ["a", "e"],
  },
  "a weight whose shape sizes a value": {
    nodes: [
      node("Shape", ["w"], ["shape"]),
      node("Slice", ["shape", "one", "two"], ["channels"]),
      node("Concat", ["channels", "rest"], ["dims"], { axis: 0 }),
      node("Conv", ["image", "a"], ["h"], same),
      node("ConstantOfShape", ["dims"], ["zeros"]),
      node("Add", ["h", "zeros"], ["s"]),
      node("Conv", ["s", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
    constants: [intTensor("one", [1]), intTensor("two", [2]), intTensor("rest", [1, 1])],
  },
  "logits that a Sigmoid makes": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Conv", ["h", "w"], ["low"]),
      node("Sigmoid", ["low"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
  },
  "an image of one row": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("GlobalAveragePool", ["h"], ["pool"]),
      node("Mul", ["h", "pool"], ["m"]),
      node("Conv", ["m", "w"], ["low"], { strides: [1, 2] }),
      node("Resize", ["low", "", "x2"], ["logits"], { mode: "linear" }),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
    constants: [floatTensor("x2", [4], [1, 1, 1, 2])],
    size: [1, 6],
  },
  "float16 weights behind a Cast": {
    nodes: [
      node("Cast", ["a"], ["wide"], { to: elementType.float }),
      node("Conv", ["image", "wide"], ["h"], same),
      node("Conv", ["h", "w"], ["logits"]),
    ],
    weights: { w: [2, 3, 1, 1] },
    constants: [float16("a", [3, 2, 3, 3])],
    trained: ["a", "w"],
  },
  "frozen middle between trained ends, that reads the image again": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Conv", ["h", "f"], ["g"]),
      node("Concat", ["g", "image"], ["c"], { axis: 1 }),
      node("Conv", ["c", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 5, 1, 1], f: [3, 3, 1, 1] },
    trainable: ["a", "w"],
    trained: ["a", "w"],
  },
  "a PRelu whose slope scales its output too": {
    nodes: [
      node("Conv", ["image", "a", "b"], ["h"]),
      node("PRelu", ["h", "slope"], ["p"]),
      node("Mul", ["p", "slope"], ["m"]),
      node("Conv", ["m", "w"], ["logits"]),
    ],
    weights: { a: [2, 2, 1, 1], slope: [2, 1, 1], w: [2, 2, 1, 1] },
    constants: [floatTensor("b", [2], [9, -9])],
    trainable: ["a", "slope", "w"],
  },
  "a resize by a scale that float32 rounds down, 7 to 15 and not 14": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Conv", ["h", "w"], ["low"]),
      node("Resize", ["low", "", "scales"], ["logits"], { mode: "linear" }),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
    constants: [floatTensor("scales", [4], [1, 1, 15 / 7, 15 / 7])],
    size: [7, 7],
    outputSize: [15, 15],
  },
  "an old clip without bounds": {
    nodes: [
      node("Conv", ["image", "a"], ["h"], same),
      node("Clip", ["h"], ["k"], { min: { float: -Infinity }, max: { float: Infinity } }),
      node("Conv", ["k", "w"], ["logits"]),
    ],
    weights: { a: [3, 2, 3, 3], w: [2, 3, 1, 1] },
    opset: 9,
  },
};

/** Ordinary layers, upsampled as the operator set has it. */
function ordinary(opset: number): Wiring {
  const linear = { mode: "linear" };
  const up =
    opset < 9
      ? node("Upsample", ["low"], ["logits"], { ...linear, scales: { floats: [1, 1, 2, 2] } })
      : opset < 10
        ? node("Upsample", ["low", "x2"], ["logits"], linear)
        : node("Resize", opset < 11 ? ["low", "x2"] : ["low", "none", "x2"], ["logits"], linear);
  return {
    nodes: [
      node("Conv", ["image", "a"], ["h"], { strides: [2, 2], pads: [1, 1, 1, 1] }),
      node("BatchNormalization", ["h", "scale", "bias", "mean", "var"], ["n"]),
      node("Sigmoid", ["n"], ["s"]),
      node("Conv", ["s", "b"], ["g"], { ...same, group: 3 }),
      node("Add", ["g", "s"], ["r"]),
      node("Concat", ["r", "h"], ["c"], { axis: 1 }),
      node("Conv", ["c", "w"], ["low"]),
      up,
    ],
    weights: { a: [3, 2, 3, 3], scale: [3], bias: [3], b: [3, 1, 3, 3], w: [2, 6, 1, 1] },
    constants: [
      floatTensor("mean", [3], [0.1, 0.2, 0.3]),
      floatTensor("var", [3], [1, 2, 0.5]),
      floatTensor("none", [0], []),
      floatTensor("x2", [4], [1, 1, 2, 2]),
    ],
    size: [4, 6],
    opset,
  };
}

const opsets = [7, 8, 9, 10, 11, 12, 13, 15, 18, 19, 21, 22];

function modelOf({
  nodes,
  weights,
  constants = [],
  size = [4, 5],
  opset = 13,
  outputs = [],
  outputSize = size,
}: Wiring): OnnxModel {
  const random = seededRandom(3);
  const initializers = [
    ...Object.entries(weights).map(([name, dims]) =>
      floatTensor(name, dims, uniformArray(random, elementCount(dims))),
    ),
    ...constants,
  ];
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: [valueInfo("image", [1, 2, ...size])],
      outputs: [
        ...outputs.map((name) => valueInfo(name, [1, 2, ...size])),
        valueInfo("logits", [1, 2, ...outputSize]),
      ],
      initializers,
      opset,
    }),
  );
}

describe("gradients within 1e-3 of five-point differences, entry by entry", () => {
  test.each([
    ...Object.entries(wirings),
    ...opsets.map((opset) => [`ordinary layers in operator set ${opset}`, ordinary(opset)] as const),
  ])("%s", async (_, wiring) => {
    const model = modelOf(wiring);
    const { trainable = "all", trained = Object.keys(wiring.weights), size = [4, 5] } = wiring;
    const graphs = await trainingGraphs(model, { trainable, size });
    const image = uniformArray(seededRandom(1), elementCount(graphs.input.dims));
    expect(await verifyCut(model, graphs, image)).toBeLessThan(1e-5);
    // Elsewhere than where the weights of the file are: nothing of them may be fixed in a graph.
    const parameters = graphs.parameters.map((one) => ({
      ...one,
      data: one.data.map((v) => 0.9 * v + 0.05),
    }));
    const step = await TrainingStep.open({ ...graphs, parameters });
    try {
      const features = await step.features(image);
      const functional = uniformArray(seededRandom(8), elementCount(graphs.logits.dims));
      const got = await step.gradients(features, functional);
      expect(Object.keys(got).sort()).toEqual([...trained].sort());
      for (const [name, grad] of Object.entries(got)) {
        const expected = new Float64Array(grad.length);
        for (let entry = 0; entry < grad.length; entry++) {
          const axis = (i: number): number => (i === entry ? 1 : 0);
          const by = (h: number) => step.difference(features, functional, name, axis, h);
          expected[entry] = (4 * (await by(0.0625)) - (await by(0.125))) / 3;
        }
        expect(relativeError(grad, expected), name).toBeLessThan(1e-3);
      }
    } finally {
      await step.close();
    }
  });
});
