/** In what two constants differ. @module */
import { equals } from "@bufbuild/protobuf";
import { edited } from "./edited.ts";
import { elementType, elementTypeName } from "./element-types.ts";
import { type TensorProto, TensorProtoSchema } from "./onnx_pb.ts";
import { dimsOf, holdsFloats, readFloats, readNumbers } from "./tensor-proto.ts";

/** A constant, wherever the graph keeps it. */
export interface TensorFacts {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
}

export interface TensorChange {
  readonly name: string;
  readonly before: Omit<TensorFacts, "name">;
  readonly after: Omit<TensorFacts, "name">;
  /** Numbers that are not the same; undefined when type or dims differ, or numbers of the type are not read here. */
  readonly elementsChanged: number | undefined;
  /** Largest absolute difference of two numbers in the same place; undefined as above. */
  readonly largestChange: number | undefined;
}

export function tensorFacts(tensor: TensorProto): TensorFacts {
  return { name: tensor.name, type: elementTypeName(tensor.dataType), dims: dimsOf(tensor) };
}

/** Undefined when both hold the same numbers in the same type and dims, in whichever field of the format. */
export function diffTensors(a: TensorProto, b: TensorProto): TensorChange | undefined {
  const { name, ...before } = tensorFacts(a);
  const { name: _, ...after } = tensorFacts(b);
  const change = { name, before, after, elementsChanged: undefined, largestChange: undefined };
  if (before.type !== after.type || before.dims.join() !== after.dims.join()) return change;
  if (a.rawData.length > 0 && Buffer.compare(a.rawData, b.rawData) === 0) return undefined;
  const [from, to] = [numbersOf(a), numbersOf(b)];
  if (from === undefined || to === undefined) {
    return equals(TensorProtoSchema, edited(a, { name: "" }), edited(b, { name: "" })) ? undefined : change;
  }
  let elementsChanged = 0;
  let largestChange = 0;
  for (let i = 0; i < from.length; i++) {
    const [x, y] = [from[i] as number, to[i] as number];
    if (Object.is(x, y)) continue;
    elementsChanged++;
    // To or from NaN there is no distance, and none is larger.
    const distance = Number.isNaN(x) || Number.isNaN(y) ? Number.POSITIVE_INFINITY : Math.abs(y - x);
    largestChange = Math.max(largestChange, distance);
  }
  return elementsChanged === 0 ? undefined : { ...change, elementsChanged, largestChange };
}

function numbersOf(tensor: TensorProto): ArrayLike<number> | undefined {
  const { dataType, rawData } = tensor;
  if (dataType === elementType.float64 && rawData.length > 0)
    return new Float64Array(Uint8Array.from(rawData).buffer);
  if (holdsFloats(tensor)) return readFloats(tensor).data;
  if (dataType === elementType.uint8 && rawData.length > 0) return rawData;
  if (dataType === elementType.int8 && rawData.length > 0) return Int8Array.from(rawData);
  return readNumbers(tensor);
}
