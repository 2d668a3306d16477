/** Changed dims of the values a graph describes. @module */
import { create } from "@bufbuild/protobuf";
import { edited } from "./edited.ts";
import {
  type TensorShapeProto,
  type TensorShapeProto_Dimension,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type ValueInfoProto,
} from "./onnx_pb.ts";

/** The value with one dim replaced, where the file states a number there. */
export function withDim(value: ValueInfoProto, axis: number | undefined, dim: number): ValueInfoProto {
  if (axis === undefined || axis < 0) return value;
  return withShape(value, (shape) =>
    edited(shape, {
      dim: shape.dim.map((d, i) => (i === axis && d.value.case === "dimValue" ? sized(dim) : d)),
    }),
  );
}

/** The value with all dims replaced. */
export function withDims(value: ValueInfoProto, dims: readonly number[]): ValueInfoProto {
  return withShape(value, () => create(TensorShapeProtoSchema, { dim: dims.map(sized) }));
}

function withShape(
  value: ValueInfoProto,
  change: (shape: TensorShapeProto) => TensorShapeProto,
): ValueInfoProto {
  const held = value.type?.value;
  if (value.type === undefined || held?.case !== "tensorType" || held.value.shape === undefined) return value;
  const tensor = edited(held.value, { shape: change(held.value.shape) });
  return edited(value, { type: edited(value.type, { value: { case: "tensorType", value: tensor } }) });
}

function sized(dim: number): TensorShapeProto_Dimension {
  return create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dim) } });
}
