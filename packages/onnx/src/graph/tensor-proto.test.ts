import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { elementType } from "./element-types.ts";
import { TensorProtoSchema } from "./onnx_pb.ts";
import { floatTensor, intTensor, rawTensor, readFloats, readInts, readNumbers } from "./tensor-proto.ts";

describe("numbers of a tensor", () => {
  test("come back as they were written", () => {
    expect(readFloats(floatTensor("t", [2, 2], [1, -2.5, 0, 1e30]))).toEqual({
      data: Float32Array.of(1, -2.5, 0, 1e30),
      dims: [2, 2],
    });
    expect(readInts(intTensor("t", [1, -2, 2 ** 40]))).toEqual([1, -2, 2 ** 40]);
    expect(readFloats(floatTensor("t", [], [3]))).toEqual({ data: Float32Array.of(3), dims: [] });
    expect(readFloats(floatTensor("t", [0], []))).toEqual({ data: new Float32Array(0), dims: [0] });
  });

  test("are read from raw bytes at any offset, and from typed fields", () => {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setFloat32(1, 1.5, true);
    new DataView(bytes.buffer).setFloat32(5, -2, true);
    const raw = create(TensorProtoSchema, {
      dims: [2n],
      dataType: elementType.float,
      rawData: bytes.subarray(1),
    });
    expect(readFloats(raw).data).toEqual(Float32Array.of(1.5, -2));
    const typed = create(TensorProtoSchema, {
      dims: [2n],
      dataType: elementType.float,
      floatData: [1.5, -2],
    });
    expect(readFloats(typed).data).toEqual(Float32Array.of(1.5, -2));
    const narrow = create(TensorProtoSchema, { dims: [2n], dataType: elementType.int32, int32Data: [3, -4] });
    expect(readInts(narrow)).toEqual([3, -4]);
    const wide = create(TensorProtoSchema, { dims: [2n], dataType: elementType.int64, int64Data: [3n, -4n] });
    expect(readInts(wide)).toEqual([3, -4]);
  });

  test("are 0 and 1 for bools, from raw bytes and from typed fields", () => {
    expect(readNumbers(rawTensor("t", [2], elementType.bool, Uint8Array.of(1, 0)))).toEqual([1, 0]);
    const typed = create(TensorProtoSchema, { dims: [2n], dataType: elementType.bool, int32Data: [0, 1] });
    expect(readNumbers(typed)).toEqual([0, 1]);
  });

  test("are copies: writing to them leaves the tensor as it was", () => {
    const tensor = floatTensor("t", [2], [1, 2]);
    readFloats(tensor).data[0] = 9;
    expect(readFloats(tensor).data).toEqual(Float32Array.of(1, 2));
  });

  test.each([
    ["bytes that are no whole number of elements", { dims: [2n], rawData: new Uint8Array(7) }],
    ["too few elements", { dims: [3n], rawData: new Uint8Array(8) }],
    ["no data", { dims: [3n] }],
  ])("are refused with MODEL_DAMAGED for %s", (_, fields) => {
    const tensor = create(TensorProtoSchema, { name: "t", dataType: elementType.float, ...fields });
    expect(() => readFloats(tensor)).toThrow(expect.objectContaining({ code: "MODEL_DAMAGED" }));
  });

  test("are refused with TENSOR_UNSUPPORTED, naming the tensor, for other types and data elsewhere", () => {
    const unsupported = expect.objectContaining({
      code: "TENSOR_UNSUPPORTED",
      context: { name: "t", reason: expect.any(String) },
    });
    const half = create(TensorProtoSchema, {
      name: "t",
      dims: [1n],
      dataType: 10,
      rawData: new Uint8Array(2),
    });
    expect(() => readFloats(half)).toThrow(unsupported);
    expect(() => readInts(half)).toThrow(unsupported);
    const outside = create(TensorProtoSchema, { name: "t", dims: [1n], dataType: 1, dataLocation: 1 });
    expect(() => readFloats(outside)).toThrow(unsupported);
  });
});
