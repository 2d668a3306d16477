import { buildModel, floatTensor, node, OnnxModel, openSession, valueInfo } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";

const sum = OnnxModel.of(
  buildModel({
    nodes: [node("Add", ["a", "b"], ["y"])],
    inputs: [valueInfo("a", [2]), valueInfo("b", [2])],
    outputs: [valueInfo("y", [2])],
  }),
).toBytes();

const two = { data: Float32Array.of(1, 2), dims: [2] };

describe("a session", () => {
  test("names its inputs and outputs and runs the graph", async () => {
    const session = await openSession(sum);
    expect(session.inputNames).toEqual(["a", "b"]);
    expect(session.outputNames).toEqual(["y"]);
    const { y } = await session.run({ b: two, a: { data: Float32Array.of(10, 20), dims: [2] } });
    expect(y).toMatchObject({ data: Float32Array.of(11, 22), dims: [2] });
    await session.release();
  });

  test.each([
    ["none is given", {}],
    ["one is missing", { a: two }],
    ["one is misspelt", { a: two, B: two }],
    ["one is too many", { a: two, b: two, c: two }],
  ])("refuses feeds with FEEDS_MISMATCH, naming both sides, when %s", async (_, feeds) => {
    const session = await openSession(sum);
    await expect(session.run(feeds)).rejects.toMatchObject({
      code: "FEEDS_MISMATCH",
      context: { expected: ["a", "b"], got: Object.keys(feeds) },
    });
    await session.release();
  });

  test.each([
    ["dims", { data: new Float32Array(3), dims: [3] }],
    ["type", { data: new Int32Array(2), dims: [2] }],
    ["number of elements", { data: new Float32Array(3), dims: [2] }],
  ])("refuses a feed of another %s with FEEDS_MISMATCH", async (_, b) => {
    const session = await openSession(sum);
    await expect(session.run({ a: two, b })).rejects.toMatchObject({ code: "FEEDS_MISMATCH" });
    await session.release();
  });

  test.each([
    ["no bytes", new Uint8Array(0)],
    ["bytes of no model", Uint8Array.of(1, 2, 3, 4, 5)],
    ["a model cut short", sum.slice(0, sum.length / 2)],
    [
      "an operator nobody knows",
      OnnxModel.of(
        buildModel({
          nodes: [node("Wish", ["a"], ["y"])],
          inputs: [valueInfo("a", [2])],
          outputs: [valueInfo("y")],
        }),
      ).toBytes(),
    ],
    [
      "shapes that do not fit",
      OnnxModel.of(
        buildModel({
          nodes: [node("Add", ["a", "c"], ["y"])],
          inputs: [valueInfo("a", [2])],
          outputs: [valueInfo("y")],
          initializers: [floatTensor("c", [3], [1, 2, 3])],
        }),
      ).toBytes(),
    ],
  ])("is refused with MODEL_UNSUPPORTED and the runtime's reason for %s", async (_, bytes) => {
    await expect(openSession(bytes)).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
      context: { reason: expect.stringMatching(/./) },
      cause: expect.any(Error),
    });
  });
});
