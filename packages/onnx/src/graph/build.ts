/** Nodes, values and models from plain data. @module */
import { create } from "@bufbuild/protobuf";
import { elementType } from "./element-types.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type OperatorSetIdProto,
  OperatorSetIdProtoSchema,
  type TensorProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./onnx_pb.ts";

/** An int or list of ints, a string, floats written `{ float: 0.5 }` or `{ floats: [0.5] }`, or a tensor written `{ tensor }`. */
export type AttributeValue =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorProto };
export type Attributes = { readonly [name: string]: AttributeValue };

/** A node; `inputs` may be "" where an optional one is left out. */
export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: `${opType}:${outputs[0]}`,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

/** The kinds of attribute this package writes, by the numbers of the format. */
const kind = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

/** One attribute of a node. */
export function attribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: kind.int, i: BigInt(value) });
  }
  if (typeof value === "string") {
    return create(AttributeProtoSchema, { name, type: kind.string, s: new TextEncoder().encode(value) });
  }
  if ("float" in value) return create(AttributeProtoSchema, { name, type: kind.float, f: value.float });
  if ("floats" in value) {
    return create(AttributeProtoSchema, { name, type: kind.floats, floats: [...value.floats] });
  }
  if ("tensor" in value) return create(AttributeProtoSchema, { name, type: kind.tensor, t: value.tensor });
  return create(AttributeProtoSchema, { name, type: kind.ints, ints: value.map(BigInt) });
}

/** A graph input or output; without dims its shape is left open, without a type the runtime infers it. */
export function valueInfo(
  name: string,
  dims?: readonly (number | string)[],
  type: number = elementType.float,
): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: type,
          ...(dims && {
            shape: {
              dim: dims.map((d) => ({
                value:
                  typeof d === "number"
                    ? { case: "dimValue" as const, value: BigInt(d) }
                    : { case: "dimParam" as const, value: d },
              })),
            },
          }),
        },
      },
    },
  });
}

export interface ModelParts {
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly initializers?: readonly TensorProto[];
  /** Version of the default operator set, or all sets of a model. */
  readonly opset?: number | readonly OperatorSetIdProto[];
  readonly irVersion?: bigint;
}

/** A model; IR version 8 and operator set 18 unless given. */
export function buildModel(parts: ModelParts): ModelProto {
  const { nodes, inputs, outputs, initializers = [], opset = 18, irVersion = 8n } = parts;
  return create(ModelProtoSchema, {
    irVersion,
    producerName: "pixelgrad",
    opsetImport:
      typeof opset === "number"
        ? [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })]
        : [...opset],
    graph: create(GraphProtoSchema, {
      name: "graph",
      node: [...nodes],
      input: [...inputs],
      output: [...outputs],
      initializer: [...initializers],
    }),
  });
}
