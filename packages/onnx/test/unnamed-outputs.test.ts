/** onnxruntime 1.30 dies of a Split or a Loop of which an output has no name, so no such file may get to it. */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { buildModel, intTensor, node, OnnxModel, valueInfo } from "@pixelgrad/onnx";
import { expect, test } from "vitest";
import { body, withBodies } from "./support/branches.ts";

type Node = ReturnType<typeof node>;

const relu = (from: string, to: string): Node => node("Relu", [from], [to]);
const split = (...outputs: string[]): Node => node("Split", ["image"], outputs, { axis: 2 });
const branches = (...names: string[]) => ({
  then_branch: body(
    names.map((name) => relu("image", `t${name}`)),
    names.map((name) => `t${name}`),
  ),
  else_branch: body(
    names.map((name) => relu("image", `e${name}`)),
    names.map((name) => `e${name}`),
  ),
});

function bytes(...nodes: Node[]): Uint8Array {
  return OnnxModel.of(
    buildModel({
      nodes: [...nodes, relu("image", "out")],
      inputs: [valueInfo("image", [1, 3, 4, 4])],
      outputs: [valueInfo("out", [1, 3, 4, 4])],
      initializers: [intTensor("yes", [1], [])],
      opset: 13,
    }),
    "the test model",
  ).toBytes();
}

/** A model whose local function has a Split with an output left out. */
function withFunction(): Uint8Array {
  const output = new BinaryWriter()
    .tag(2, 2)
    .string("")
    .tag(2, 2)
    .string("a")
    .tag(4, 2)
    .string("Split")
    .finish();
  const local = new BinaryWriter().tag(1, 2).string("halve").tag(7, 2).bytes(output).finish();
  return new BinaryWriter().raw(bytes()).tag(25, 2).bytes(local).finish();
}

const loop = (...outputs: string[]): Node =>
  withBodies(node("Loop", ["", "yes"], outputs), {
    body: body(
      [node("Identity", ["go"], ["on"]), relu("image", "a"), relu("image", "b")],
      ["on", "a", "b"],
      [
        ["trip", [], 7],
        ["go", [], 9],
      ],
    ),
  });

test.each([
  ["the last of a Split", bytes(split("a", "")), "output 2 of Split 'Split:a'"],
  ["the first of a Split", bytes(split("", "b")), "output 1 of Split 'Split:'"],
  ["all of a Split", bytes(split("", "")), "output 1 of Split 'Split:'"],
  ["one of an If", bytes(withBodies(node("If", ["yes"], ["a", ""]), branches("1", "2"))), "2 of If 'If:a'"],
  ["one of a Loop", bytes(loop("", "b")), "output 1 of Loop 'Loop:'"],
  ["one of a Scan", bytes(node("Scan", ["image"], ["a", ""])), "output 2 of Scan 'Scan:a'"],
  ["one of a SequenceMap", bytes(node("SequenceMap", ["image"], ["a", ""])), "output 2 of SequenceMap"],
  [
    "one of a Split in a body",
    bytes(
      withBodies(node("If", ["yes"], ["c"]), {
        then_branch: body([split("a", "")], ["a"]),
        else_branch: body([relu("image", "b")], ["b"]),
      }),
    ),
    "output 2 of Split 'Split:a'",
  ],
  ["one of a Split in a local function", withFunction(), "output 1 of Split 'a'"],
] as const)("%s is refused when it has no name", (_, file, where) => {
  expect(() => OnnxModel.parse(file, "the test model")).toThrow(
    expect.objectContaining({
      code: "MODEL_DAMAGED",
      message: expect.stringMatching(
        new RegExp(
          `^the test model is no usable ONNX model: .*${where}.* has no name, and \\w+ must name all it makes\\.$`,
        ),
      ),
    }),
  );
});

test("outputs that the format lets be left out may be, and a Split of another domain is another operator", () => {
  const foreign = Object.assign(split("a", ""), { domain: "other" });
  const model = OnnxModel.parse(bytes(node("Dropout", ["image"], ["d", ""]), foreign, loop("x", "y")));
  expect(model.graph.node.map(({ output }) => output)).toEqual([["d", ""], ["a", ""], ["x", "y"], ["out"]]);
});
