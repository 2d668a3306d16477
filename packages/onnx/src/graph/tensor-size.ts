/** Whether a tensor holds as many numbers as its dims say, told before anything is allocated. @module */
import { byteLength, elementType, elementTypeName } from "./element-types.ts";
import type { TensorProto } from "./onnx_pb.ts";
import { countVarints } from "./packed-numbers.ts";

/** `data_location` of a tensor whose numbers are in another file. */
export const EXTERNAL = 1;

/** Elements of a tensor; undefined for a negative dim, or more than a number counts exactly. */
export function elementsOf({ dims }: Pick<TensorProto, "dims">): number | undefined {
  let count = 1;
  for (const dim of dims) {
    if (dim < 0n) return undefined;
    count *= Number(dim);
  }
  return Number.isSafeInteger(count) ? count : undefined;
}

/** What is wrong with a tensor, as a clause; undefined when nothing is. */
export function tensorFault(tensor: TensorProto): string | undefined {
  const { dims, dataType, rawData } = tensor;
  const count = elementsOf(tensor);
  const shown = `dims [${dims.slice(0, 16).join(", ")}${dims.length > 16 ? ", …" : ""}]`;
  if (count === undefined) return `${shown} are negative, or too large to count`;
  if (tensor.dataLocation === EXTERNAL) return undefined;
  if (rawData.length > 0) {
    const expected = byteLength(dataType, count);
    if (expected === undefined || expected === rawData.length) return undefined;
    return `${shown} of ${elementTypeName(dataType)} need ${expected} bytes, it has ${rawData.length}`;
  }
  const got = typedCount(tensor);
  if (got === undefined) return "its numbers are cut short";
  if (got === count || got === "any") return undefined;
  return `${shown} need ${count} elements, it has ${got}`;
}

/** Elements in the field that the format has for the type; "any" where the type is unknown or shares bytes. */
function typedCount(tensor: TensorProto): number | undefined | "any" {
  const { dataType } = tensor;
  switch (dataType) {
    case elementType.float:
      return whole(tensor.floatData.length / 4);
    case elementType.float64:
      return whole(tensor.doubleData.length / 8);
    case 14:
      return whole(tensor.floatData.length / 8);
    case 15:
      return whole(tensor.doubleData.length / 16);
    case elementType.int64:
      return countVarints(tensor.int64Data);
    case 12:
    case 13:
      return countVarints(tensor.uint64Data);
    case elementType.string:
      return tensor.stringData.length;
    default:
      return byteLength(dataType, 2) === 2 * (byteLength(dataType, 1) ?? 0)
        ? countVarints(tensor.int32Data)
        : "any";
  }
}

function whole(count: number): number | undefined {
  return Number.isInteger(count) ? count : undefined;
}
