/** The runtime computes float16 in float32 between casts; a simplified model must not be that. */
import { seededRandom } from "@pixelgrad/core/testing";
import {
  buildModel,
  elementType,
  node,
  OnnxModel,
  openSession,
  rawTensor,
  simplify,
  valueInfo,
} from "@pixelgrad/onnx";
import { expect, test } from "vitest";

const { float, float16 } = elementType;
const random = seededRandom(3);

/** Float16 bits of numbers from 0.5 to 1. */
const halves = (count: number) =>
  Uint16Array.from({ length: count }, () => 0x3800 + Math.floor(1024 * random()));
const weight = (name: string, dims: readonly number[]) => {
  const data = halves(dims.reduce((a, b) => a * b, 1));
  return rawTensor(name, dims, float16, new Uint8Array(data.buffer));
};

/** Two layers and a Dropout that does nothing, with `between` on the way from `r` to `s`. */
function network(between: Parameters<typeof buildModel>[0]["nodes"]): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w0"], ["c"], { strides: [2, 2] }),
        node("Relu", ["c"], ["r"]),
        ...between,
        node("Conv", ["s", "w1"], ["out"]),
        node("Relu", ["s"], ["features"]),
      ],
      inputs: [valueInfo("image", ["n", 3, "h", "w"], float16)],
      outputs: [valueInfo("out", undefined, float16), valueInfo("features", undefined, float16)],
      initializers: [weight("w0", [4, 3, 2, 2]), weight("w1", [2, 4, 1, 1])],
      opset: 12,
    }),
    "the test model",
  );
}

const dims = [1, 3, 8, 6];
const image = { data: halves(144), dims };

async function run(model: OnnxModel) {
  const session = await openSession(model.toBytes());
  try {
    return await session.run({ image });
  } finally {
    await session.release();
  }
}

test("a float16 model stays one: no cast comes, values keep their names, outputs are bit-equal", async () => {
  const model = network([node("Dropout", ["r"], ["s"])]);
  const simple = await simplify(model, { image: dims });
  expect(simple.graph.node.map(({ opType, output }) => [opType, ...output]).sort()).toEqual([
    ["Conv", "c"],
    ["Conv", "out"],
    ["Relu", "features"],
    ["Relu", "r"],
  ]);
  expect(simple.graph.initializer.map(({ dataType }) => dataType)).toEqual([float16, float16]);
  expect(await run(simple)).toEqual(await run(model));
});

test("where a model has casts of its own, the runtime's stay: outputs are bit-equal", async () => {
  const model = network([
    node("Cast", ["r"], ["wide"], { to: float }),
    node("Softmax", ["wide"], ["soft"], { axis: 1 }),
    node("Cast", ["soft"], ["s"], { to: float16 }),
  ]);
  const simple = await simplify(model, { image: dims });
  expect(simple.inputs[0]).toEqual({ name: "image", type: "float16", dims });
  expect(await run(simple)).toEqual(await run(model));
});
