import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  floatTensor,
  inspect,
  intTensor,
  node,
  OnnxModel,
  openSession,
  simplify,
  valueInfo,
  writeModelCard,
} from "@pixelgrad/onnx";
import { expect, test } from "vitest";

/** A Conv and its BatchNormalization, resized to the size of the image by a chain of shapes. */
function network(): OnnxModel {
  const random = seededRandom(8);
  const model = OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w"], ["c"], { strides: [2, 2], pads: [1, 1, 1, 1] }),
        node("BatchNormalization", ["c", "s", "b", "m", "v"], ["n"]),
        node("Conv", ["n", "head"], ["low"]),
        node("Shape", ["image"], ["shape"]),
        node("Slice", ["shape", "two", "four"], ["plane"]),
        node("Concat", ["depth", "plane"], ["sizes"], { axis: 0 }),
        node("Resize", ["low", "", "", "sizes"], ["out"], { mode: "linear" }),
      ],
      inputs: [valueInfo("image", ["n", 3, "h", "w"])],
      outputs: [valueInfo("out", ["n", 2, "h", "w"])],
      initializers: [
        floatTensor("w", [4, 3, 3, 3], uniformArray(random, 108)),
        floatTensor("head", [2, 4, 1, 1], uniformArray(random, 8)),
        ...["s", "b", "m"].map((name) => floatTensor(name, [4], uniformArray(random, 4))),
        floatTensor("v", [4], [1, 2, 3, 4]),
        intTensor("two", [2]),
        intTensor("four", [4]),
        intTensor("depth", [1, 2]),
      ],
    }),
    "the test model",
  );
  return writeModelCard(model, { names: ["a", "b"], palette: [], preprocess: {} });
}

const dims = [1, 3, 9, 8];
const feeds = { image: { data: uniformArray(seededRandom(1), 216), dims } };

async function run(model: OnnxModel): Promise<Float32Array> {
  const session = await openSession(model.toBytes());
  try {
    return (await session.run(feeds))["out"]?.data as Float32Array;
  } finally {
    await session.release();
  }
}

test("shapes become constants and statistics part of the weights; the output differs by less than 1e-6", async () => {
  const model = network();
  const simple = await simplify(model, { image: dims });
  expect(simple.graph.node.map(({ opType }) => opType)).toEqual(["Conv", "Conv", "Resize"]);
  expect(simple.inputs[0]?.dims).toEqual(dims);
  expect(simple.metadata).toEqual(model.metadata);
  expect(inspect(simple).classifier.node.opType).toBe("Conv");
  const [before, after] = [await run(model), await run(simple)];
  before.forEach((value, i) => {
    expect(Math.abs(value - (after[i] as number))).toBeLessThan(1e-6);
  });
});

test.each([
  ["other channels", { image: [1, 5, 9, 8] }],
  ["fewer dims", { image: [3, 9, 8] }],
  ["an input it has not", { photo: dims }],
])("%s are refused", async (_, given) => {
  await expect(simplify(network(), given)).rejects.toMatchObject({
    code: "FEEDS_MISMATCH",
    message: expect.stringContaining("the test model takes image [n, 3, h, w]; got"),
  });
});
