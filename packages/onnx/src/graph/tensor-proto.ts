/** Numbers in and out of the tensors of a model. @module */
import { create } from "@bufbuild/protobuf";
import { elementCount, PixelgradError, type Tensor } from "@pixelgrad/core";
import { edited } from "./edited.ts";
import { elementType, elementTypeName } from "./element-types.ts";
import { type TensorProto, TensorProtoSchema } from "./onnx_pb.ts";

/** A float32 tensor. */
export function floatTensor(name: string, dims: readonly number[], data: ArrayLike<number>): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: elementType.float,
    rawData: new Uint8Array(Float32Array.from(data).buffer),
  });
}

/** An int64 tensor, one-dimensional unless `dims` say otherwise. */
export function intTensor(
  name: string,
  data: readonly number[],
  dims: readonly number[] = [data.length],
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: elementType.int64,
    rawData: new Uint8Array(BigInt64Array.from(data, BigInt).buffer),
  });
}

/**
 * The float32 numbers of a tensor, copied.
 * @throws PixelgradError `TENSOR_UNSUPPORTED` for other types and external data, `MODEL_DAMAGED` when the bytes do not
 *   fit the dims.
 */
export function readFloats(tensor: TensorProto): Tensor<Float32Array> {
  const { name, floatData, rawData } = requireFloat(requireInside(tensor));
  const dims = dimsOf(tensor);
  const data =
    rawData.length > 0 ? new Float32Array(aligned(rawData, 4, name)) : Float32Array.from(floatData);
  checkCount(name, data.length, dims);
  return { data, dims };
}

/**
 * The tensor with other numbers, as many as it has.
 * @throws PixelgradError `TENSOR_UNSUPPORTED` for other types than float32.
 */
export function withFloats(tensor: TensorProto, data: Float32Array): TensorProto {
  requireFloat(tensor);
  return edited(tensor, { floatData: [], rawData: new Uint8Array(data.slice().buffer) });
}

/** A tensor of any element type, from its bytes. */
export function rawTensor(
  name: string,
  dims: readonly number[],
  dataType: number,
  bytes: Uint8Array,
): TensorProto {
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData: bytes });
}

/** The numbers of a float32, int64, int32 or bool tensor, true as 1; undefined for other types. */
export function readNumbers(tensor: TensorProto): number[] | undefined {
  if (tensor.dataType === elementType.bool) return readBools(tensor);
  if (tensor.dataType === elementType.float) return Array.from(readFloats(tensor).data);
  const whole = tensor.dataType === elementType.int64 || tensor.dataType === elementType.int32;
  return whole ? readInts(tensor) : undefined;
}

/** The int64 or int32 numbers of a tensor. */
export function readInts(tensor: TensorProto): number[] {
  const { name, int64Data, int32Data, rawData } = requireInside(tensor);
  const wide = tensor.dataType === elementType.int64;
  if (!wide && tensor.dataType !== elementType.int32) {
    throw unsupported(name, `it is ${elementTypeName(tensor.dataType)}, expected int64`);
  }
  const raw = rawData.length > 0;
  const data = wide
    ? Array.from(raw ? new BigInt64Array(aligned(rawData, 8, name)) : int64Data, Number)
    : Array.from(raw ? new Int32Array(aligned(rawData, 4, name)) : int32Data);
  checkCount(name, data.length, dimsOf(tensor));
  return data;
}

function readBools(tensor: TensorProto): number[] {
  const { name, int32Data, rawData } = requireInside(tensor);
  const data = Array.from(rawData.length > 0 ? rawData : int32Data);
  checkCount(name, data.length, dimsOf(tensor));
  return data;
}

/** Dims as numbers. */
export function dimsOf({ dims }: TensorProto): number[] {
  return dims.map(Number);
}

function requireInside(tensor: TensorProto): TensorProto {
  if (tensor.dataLocation === 1) throw unsupported(tensor.name, "its data lies outside the model file");
  return tensor;
}

function requireFloat(tensor: TensorProto): TensorProto {
  if (tensor.dataType !== elementType.float) {
    throw unsupported(tensor.name, `it is ${elementTypeName(tensor.dataType)}, expected float32`);
  }
  return tensor;
}

/** A copy of the bytes, because they need not start at a multiple of the element size. */
function aligned(bytes: Uint8Array, size: number, name: string): ArrayBuffer {
  if (bytes.length % size !== 0) throw damaged(name, `${bytes.length} bytes are no whole number of elements`);
  return new Uint8Array(bytes).buffer;
}

function checkCount(name: string, count: number, dims: readonly number[]): void {
  if (count !== elementCount(dims)) {
    throw damaged(name, `dims ${dims.join("×")} need ${elementCount(dims)} elements, it has ${count}`);
  }
}

function damaged(name: string, reason: string): PixelgradError {
  return new PixelgradError("MODEL_DAMAGED", `Tensor '${name}' of the model is damaged: ${reason}.`, {
    model: name,
    reason,
  });
}

function unsupported(name: string, reason: string): PixelgradError {
  return new PixelgradError(
    "TENSOR_UNSUPPORTED",
    `Tensor '${name}' of the model cannot be used here: ${reason}.`,
    {
      name,
      reason,
    },
  );
}
