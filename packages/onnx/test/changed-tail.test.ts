/** What follows the classifier, and what shares its tensors, when the number of channels changes. */
import type { Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  elementType,
  floatTensor,
  inspect,
  intTensor,
  type ModelParts,
  node,
  OnnxModel,
  openSession,
  replaceClassifier,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";

type Nodes = ModelParts["nodes"];
interface Options {
  readonly channels: number;
  readonly outputs?: readonly (readonly [string, readonly number[], number?])[];
  readonly opset?: number;
  readonly extra?: ModelParts["initializers"];
}

/** A 1x1 classifier of an image `[1, 3, 4, 5]`, `low`, and what `tail` makes of it. */
function model(tail: Nodes, { channels, outputs, opset = 13, extra = [] }: Options): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes: [node("Conv", ["image", "w", "b"], ["low"]), ...tail],
      inputs: [valueInfo("image", [1, 3, 4, 5])],
      outputs: (outputs ?? [["out", [1, channels, 4, 5]]]).map(([name, dims, type]) =>
        valueInfo(name, dims, type),
      ),
      initializers: [
        floatTensor("w", [channels, 3, 1, 1], uniformArray(seededRandom(1), 3 * channels)),
        floatTensor("b", [channels], uniformArray(seededRandom(2), channels)),
        ...extra,
      ],
      opset,
    }),
    "the test model",
  );
}

/** The replaced model with weights loud enough to tell labels apart, and what it gives. */
async function replacedRun(from: OnnxModel, channels: number): Promise<[OnnxModel, Record<string, Tensor>]> {
  const replaced = replaceClassifier(from, { channels, seed: 1 });
  const { classifier } = inspect(replaced);
  const loud = [classifier.weight, classifier.bias as string].map((name, i) => {
    const { data, dims } = replaced.parameter(name);
    return [name, { data: uniformArray(seededRandom(5 + i), data.length), dims }] as const;
  });
  const louder = replaced.withParameters(new Map(loud));
  const described = louder.withGraph({ output: [...louder.graph.output, valueInfo("low")] });
  return [louder, await run(described)];
}

async function run(of: OnnxModel): Promise<Record<string, Tensor>> {
  const session = await openSession(of.toBytes());
  try {
    return await session.run({ image: { data: uniformArray(seededRandom(3), 60), dims: [1, 3, 4, 5] } });
  } finally {
    await session.release();
  }
}

const numbers = (of: Tensor | undefined): number[] => Array.from((of?.data ?? []) as Float32Array, Number);
const above = (low: Tensor | undefined): number[] => numbers(low).map((v) => (v > 0 ? 1 : 0));

describe("from several channels to one", () => {
  test.each([11, 13, 18])(
    "ArgMax without the channel axis stays without it and becomes x > 0, operator set %i",
    async (opset) => {
      const from = model([node("ArgMax", ["low"], ["out"], { axis: 1, keepdims: 0 })], {
        channels: 3,
        outputs: [["out", [1, 4, 5], elementType.int64]],
        opset,
      });
      const [replaced, { out, low }] = await replacedRun(from, 1);
      expect(out?.dims).toEqual([1, 4, 5]);
      expect(out?.data).toBeInstanceOf(BigInt64Array);
      expect(numbers(out)).toEqual(above(low));
      expect(new Set(above(low)).size).toBe(2);
      expect(replaced.outputs).toEqual(from.outputs);
      expect(inspect(replaced).output).toMatchObject({ kind: "threshold", layout: "NCHW" });
    },
  );

  test("ArgMax behind Softmax is still x > 0 of the logits", async () => {
    const from = model(
      [
        node("Softmax", ["low"], ["p"], { axis: 1 }),
        node("ArgMax", ["p"], ["l"], { axis: 1 }),
        node("Cast", ["l"], ["out"], { to: elementType.uint8 }),
      ],
      { channels: 3, outputs: [["out", [1, 1, 4, 5], elementType.uint8]] },
    );
    const [, { out, low }] = await replacedRun(from, 1);
    expect(out?.data).toBeInstanceOf(Uint8Array);
    expect(numbers(out)).toEqual(above(low));
  });

  test("LogSoftmax has no form for one channel: CLASSIFIER_UNSUPPORTED", () => {
    const from = model([node("LogSoftmax", ["low"], ["out"], { axis: 1 })], { channels: 3 });
    expect(() => replaceClassifier(from, { channels: 1, seed: 1 })).toThrow(
      expect.objectContaining({
        code: "CLASSIFIER_UNSUPPORTED",
        context: { op: "LogSoftmax", node: "LogSoftmax:out" },
      }),
    );
  });

  test("and back to several, labels are those of the largest channel again", async () => {
    const labels = model(
      [node("ArgMax", ["low"], ["l"], { axis: 1 }), node("Cast", ["l"], ["out"], { to: elementType.int32 })],
      { channels: 3, outputs: [["out", [1, 1, 4, 5], elementType.int32]] },
    );
    const one = replaceClassifier(labels, { channels: 1, seed: 1 });
    const [, { out, low }] = await replacedRun(one, 4);
    const planes = [0, 1, 2, 3].map((c) => numbers(low).slice(20 * c, 20 * c + 20));
    const expected = Array.from({ length: 20 }, (_, i) => {
      const values = planes.map((plane) => plane[i] as number);
      return values.indexOf(Math.max(...values));
    });
    expect(numbers(out)).toEqual(expected);
    expect(out?.data).toBeInstanceOf(Int32Array);
  });
});

describe("from one channel to several", () => {
  test.each([9, 11, 13])(
    "Sigmoid becomes a Softmax over channels that sums to 1 within 1e-6, operator set %i",
    async (opset) => {
      const [, { out }] = await replacedRun(
        model([node("Sigmoid", ["low"], ["out"])], { channels: 1, opset }),
        3,
      );
      expect(out?.dims).toEqual([1, 3, 4, 5]);
      const data = out?.data as Float32Array;
      for (let i = 0; i < 20; i++) {
        const sum = (data[i] as number) + (data[i + 20] as number) + (data[i + 40] as number);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
      }
    },
  );

  test("a Reshape that only moves the one channel last becomes a Transpose", async () => {
    const from = model([node("Reshape", ["low", "shape"], ["out"])], {
      channels: 1,
      outputs: [["out", [1, 4, 5, 1]]],
      extra: [intTensor("shape", [-1, 4, 5, 1])],
    });
    expect(inspect(from).output.layout).toBe("NHWC");
    const [replaced, { out, low }] = await replacedRun(from, 2);
    expect(replaced.outputs[0]?.dims).toEqual([1, 4, 5, 2]);
    expect(out?.dims).toEqual([1, 4, 5, 2]);
    expect(Number(out?.data[1])).toBe(Number(low?.data[20]));
  });
});

test("several sigmoid channels stay sigmoids of any number of channels", async () => {
  const [replaced, { out, low }] = await replacedRun(
    model([node("Sigmoid", ["low"], ["out"])], { channels: 3 }),
    5,
  );
  expect(inspect(replaced).output.kind).toBe("sigmoid");
  const expected = numbers(low).map((x) => 1 / (1 + Math.exp(-x)));
  expect(relativeError(out?.data as Float32Array, expected)).toBeLessThan(1e-6);
});

test("dims that the file states along the tail are patched, others stay", () => {
  const from = model(
    [node("Transpose", ["low"], ["t"], { perm: [0, 2, 3, 1] }), node("Softmax", ["t"], ["out"], { axis: 3 })],
    { channels: 3, outputs: [["out", [1, 4, 5, 3]]] },
  ).withGraph({ valueInfo: [valueInfo("low", [1, 3, 4, 5]), valueInfo("t", [1, 4, 5, 3])] });
  const { graph, outputs } = replaceClassifier(from, { channels: 7, seed: 1 });
  const dims = graph.valueInfo.map(({ type }) =>
    type?.value.case === "tensorType"
      ? type.value.value.shape?.dim.map(({ value }) => Number(value.value))
      : [],
  );
  expect(dims).toEqual([
    [1, 7, 4, 5],
    [1, 4, 5, 7],
  ]);
  expect(outputs[0]?.dims).toEqual([1, 4, 5, 7]);
});

test.each(["w", "b"])(
  "another layer that reads the classifier's tensor %s goes on reading the old one",
  async (shared) => {
    const from = model([], { channels: 3 });
    const other = ["w", "b"].map((name) => (name === shared ? name : `other.${name}`));
    const both = from.withGraph({
      node: [node("Conv", ["image", ...other], ["h"]), node("Conv", ["h", "w", "b"], ["out"])],
      initializer: [
        ...from.graph.initializer,
        floatTensor("other.w", [3, 3, 1, 1], uniformArray(seededRandom(8), 9)),
        floatTensor("other.b", [3], uniformArray(seededRandom(9), 3)),
      ],
    });
    const replaced = replaceClassifier(both, { channels: 2, seed: 1 });
    const seen = (of: OnnxModel) => run(of.withGraph({ output: [...of.graph.output, valueInfo("h")] }));
    const [before, after] = [await seen(both), await seen(replaced)];
    expect(after["h"]).toEqual(before["h"]);
    expect(after["out"]?.dims).toEqual([1, 2, 4, 5]);
    expect(replaced.parameter(shared)).toEqual(both.parameter(shared));
  },
);

describe("refused", () => {
  test.each([0, -1, 2.5, Number.NaN])("with CHANNELS_INVALID for %d channels", (channels) => {
    expect(() => replaceClassifier(model([], { channels: 3 }), { channels, seed: 1 })).toThrow(
      expect.objectContaining({ code: "CHANNELS_INVALID" }),
    );
  });

  test.each([
    [
      "another way to an output",
      [node("Softmax", ["low"], ["out"], { axis: 1 }), node("ReduceMax", ["low"], ["m"], { axes: [1] })],
      "ReduceMax",
    ],
    ["a bool output", [node("Greater", ["low", "zero"], ["out"])], "Greater"],
    [
      "labels of 300 classes in a uint8",
      [node("ArgMax", ["low"], ["l"], { axis: 1 }), node("Cast", ["l"], ["out"], { to: elementType.uint8 })],
      "Cast",
    ],
    ["a channel axis that is dropped", [node("Squeeze", ["low", "one"], ["out"])], "Squeeze"],
  ] as const)("with CLASSIFIER_UNSUPPORTED, naming the node: %s", (_, tail, op) => {
    const single = op === "Greater" || op === "Squeeze";
    const dims = { Greater: [1, 1, 4, 5], Squeeze: [1, 4, 5], Cast: [1, 1, 4, 5], ReduceMax: [1, 3, 4, 5] }[
      op
    ];
    const type = { Greater: elementType.bool, Cast: elementType.uint8 }[op as string] ?? elementType.float;
    const from = model(tail, {
      channels: single ? 1 : 3,
      outputs: [["out", dims, type]],
      extra: [floatTensor("zero", [], [0]), intTensor("one", [1])],
    });
    expect(() => replaceClassifier(from, { channels: 300, seed: 1 })).toThrow(
      expect.objectContaining({
        code: "CLASSIFIER_UNSUPPORTED",
        context: { op, node: expect.stringContaining(op) },
      }),
    );
  });
});
