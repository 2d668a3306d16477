import { toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { buildModel, node, valueInfo } from "./build.ts";
import { decodeModel } from "./decode-model.ts";
import { ModelProtoSchema } from "./onnx_pb.ts";
import { readFloats, readInts } from "./tensor-proto.ts";

/** A model with initialisers that are written by hand. */
function modelWith(initializers: readonly BinaryWriter[]): Uint8Array {
  const rest = buildModel({
    nodes: [node("Identity", ["x"], ["y"])],
    inputs: [valueInfo("x", [1])],
    outputs: [valueInfo("y", [1])],
  });
  const writer = new BinaryWriter().raw(toBinary(ModelProtoSchema, rest));
  // A second graph field is merged into the first.
  writer.tag(7, WireType.LengthDelimited).fork();
  for (const tensor of initializers) writer.tag(5, WireType.LengthDelimited).bytes(tensor.finish());
  return writer.join().finish();
}

function tensor(name: string, dims: number, type: number): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.Varint).int64(dims).tag(2, WireType.Varint).int32(type);
  return writer.tag(8, WireType.LengthDelimited).string(name);
}

test("numbers one by one, in several runs, or both, are read as those of one run", () => {
  const single = tensor("single", 3, 1);
  for (const value of [1.5, -2, 3]) single.tag(4, WireType.Bit32).float(value);
  const runs = tensor("runs", 3, 1).tag(4, WireType.LengthDelimited).fork().float(1).float(2).join();
  runs.tag(4, WireType.Bit32).float(3);
  const whole = tensor("whole", 3, 7);
  for (const value of [1, -2, 2 ** 40]) whole.tag(7, WireType.Varint).int64(value);
  const halves = tensor("halves", 2, 10);
  for (const bits of [0x3c00, 0xc000]) halves.tag(5, WireType.Varint).int32(bits);
  const doubles = tensor("doubles", 2, 11);
  for (const value of [0.5, -4]) doubles.tag(10, WireType.Bit64).double(value);
  const { graph } = decodeModel(modelWith([single, runs, whole, halves, doubles]), "the model");
  const [a, b, c, d, e] = graph?.initializer ?? [];
  expect([a, b, d, e].map((t) => t && [...readFloats(t).data])).toEqual([
    [1.5, -2, 3],
    [1, 2, 3],
    [1, -2],
    [0.5, -4],
  ]);
  expect(c && readInts(c)).toEqual([1, -2, 2 ** 40]);
});
