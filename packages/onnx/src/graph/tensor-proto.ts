/** Numbers in and out of the tensors of a model. @module */
import { create } from "@bufbuild/protobuf";
import { PixelgradError, type Tensor } from "@pixelgrad/core";
import { edited, without } from "./edited.ts";
import { elementType, elementTypeName } from "./element-types.ts";
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./float16.ts";
import { type TensorProto, TensorProtoSchema } from "./onnx_pb.ts";
import { readVarints32, readVarints64 } from "./packed-numbers.ts";
import { EXTERNAL, elementsOf, tensorFault } from "./tensor-size.ts";

/** A float32 tensor. */
export function floatTensor(name: string, dims: readonly number[], data: ArrayLike<number>): TensorProto {
  return rawTensor(name, dims, elementType.float, bytesOf(Float32Array.from(data)));
}

/** An int64 tensor, one-dimensional unless `dims` say otherwise. */
export function intTensor(
  name: string,
  data: readonly number[],
  dims: readonly number[] = [data.length],
): TensorProto {
  return rawTensor(name, dims, elementType.int64, bytesOf(BigInt64Array.from(data, BigInt)));
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

/** The types whose numbers are floats here. */
const floats: ReadonlySet<number> = new Set([
  elementType.float,
  elementType.float16,
  elementType.bfloat16,
  elementType.float64,
]);

export function holdsFloats({ dataType }: TensorProto): boolean {
  return floats.has(dataType);
}

/**
 * The numbers of a float32, float16, bfloat16 or float64 tensor as float32, copied. Only those of float64 are rounded.
 * @throws PixelgradError `TENSOR_UNSUPPORTED` for other types and external data, `MODEL_DAMAGED` when the bytes do not
 *   fit the dims.
 */
export function readFloats(tensor: TensorProto): Tensor<Float32Array> {
  const count = countIn(requireFloat(tensor));
  const dims = dimsOf(tensor);
  const { dataType, rawData, floatData, doubleData, int32Data } = tensor;
  const raw = rawData.length > 0;
  if (dataType === elementType.float)
    return { data: new Float32Array(aligned(raw ? rawData : floatData)), dims };
  if (dataType === elementType.float64) {
    return { data: Float32Array.from(new Float64Array(aligned(raw ? rawData : doubleData))), dims };
  }
  const halves = raw ? new Uint16Array(aligned(rawData)) : Uint16Array.from(readVarints32(int32Data, count));
  const widen = dataType === elementType.float16 ? float16ToFloat32 : bfloat16ToFloat32;
  return { data: widen(halves), dims };
}

/**
 * The tensor with other numbers, as many as it has, in the type it has: float16 and bfloat16 are rounded to nearest, ties
 * to even.
 * @throws PixelgradError `TENSOR_UNSUPPORTED` for types other than floats; `WEIGHT_OUT_OF_RANGE` for a number that the type
 *   would make infinite.
 */
export function withFloats(tensor: TensorProto, data: Float32Array): TensorProto {
  return withFloatsOf(tensor, dimsOf(tensor), data);
}

/** `withFloats` for other dims too. */
export function withFloatsOf(tensor: TensorProto, dims: readonly number[], data: Float32Array): TensorProto {
  const stored = storedAs(requireFloat(tensor), data);
  return edited(withoutData(tensor), { dims: dims.map(BigInt), rawData: bytesOf(stored) });
}

function storedAs({ dataType, name }: TensorProto, data: Float32Array) {
  switch (dataType) {
    case elementType.float64:
      return Float64Array.from(data);
    case elementType.float16:
      return finite(name, dataType, data, float32ToFloat16(data), 0x7c00);
    case elementType.bfloat16:
      return finite(name, dataType, data, float32ToBfloat16(data), 0x7f80);
    default:
      return data.slice();
  }
}

/** Infinity of either sign is only what was infinite. */
function finite(
  name: string,
  dataType: number,
  data: Float32Array,
  halves: Uint16Array<ArrayBuffer>,
  infinity: number,
): Uint16Array<ArrayBuffer> {
  const at = halves.findIndex((half, i) => (half & 0x7fff) === infinity && Number.isFinite(data[i]));
  if (at < 0) return halves;
  const [type, value] = [elementTypeName(dataType), data[at] as number];
  throw new PixelgradError(
    "WEIGHT_OUT_OF_RANGE",
    `Weight '${name}' of the model is ${type}, which has no number near ${value} (element ${at}): train with smaller ` +
      "steps or weight decay, or start from a float32 model.",
    { name, type, value },
  );
}

/** The tensor without its numbers, wherever they were. */
export function withoutData(tensor: TensorProto): TensorProto {
  const bare = without(
    tensor,
    "rawData",
    "floatData",
    "int32Data",
    "int64Data",
    "doubleData",
    "uint64Data",
    "dataLocation",
  );
  return edited(bare, { externalData: [] });
}

/** The numbers of a float, int64, int32 or bool tensor, true as 1; undefined for other types. */
export function readNumbers(tensor: TensorProto): number[] | undefined {
  if (tensor.dataType === elementType.bool) return readBools(tensor);
  if (holdsFloats(tensor)) return Array.from(readFloats(tensor).data);
  const whole = tensor.dataType === elementType.int64 || tensor.dataType === elementType.int32;
  return whole ? readInts(tensor) : undefined;
}

/** The int64 or int32 numbers of a tensor. */
export function readInts(tensor: TensorProto): number[] {
  const { name, dataType, int64Data, int32Data, rawData } = tensor;
  const wide = dataType === elementType.int64;
  if (!wide && dataType !== elementType.int32) {
    throw unsupported(name, `it is ${elementTypeName(dataType)}, expected int64`);
  }
  const count = countIn(tensor);
  const raw = rawData.length > 0;
  return wide
    ? Array.from(raw ? new BigInt64Array(aligned(rawData)) : readVarints64(int64Data, count), Number)
    : Array.from(raw ? new Int32Array(aligned(rawData)) : readVarints32(int32Data, count));
}

function readBools(tensor: TensorProto): number[] {
  const { int32Data, rawData } = tensor;
  const count = countIn(tensor);
  return Array.from(rawData.length > 0 ? rawData : readVarints32(int32Data, count));
}

/** Dims as numbers. */
export function dimsOf({ dims }: TensorProto): number[] {
  return dims.map(Number);
}

function requireFloat(tensor: TensorProto): TensorProto {
  if (!holdsFloats(tensor)) {
    throw unsupported(tensor.name, `it is ${elementTypeName(tensor.dataType)}, expected a float type`);
  }
  return tensor;
}

/** Elements of a tensor that holds them all. */
function countIn(tensor: TensorProto): number {
  const { name } = tensor;
  if (tensor.dataLocation === EXTERNAL) throw unsupported(name, "its data lies outside the model file");
  const reason = tensorFault(tensor);
  if (reason !== undefined) {
    throw new PixelgradError("MODEL_DAMAGED", `Tensor '${name}' of the model is damaged: ${reason}.`, {
      model: name,
      reason,
    });
  }
  return elementsOf(tensor) as number;
}

/** A copy of the bytes, because they need not start at a multiple of the element size. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
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
