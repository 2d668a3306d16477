/** Attributes of a node, with the defaults of the operator's specification given by the caller. */
import { damaged, quoted } from "./damaged.ts";
import type { AttributeProto, NodeProto, TensorProto } from "./onnx_pb.ts";

/** Kinds of attribute, by the numbers of the format; 0 is that of files too old to tell. */
const kinds = ["undefined", "float", "int", "string", "tensor", "graph", "floats", "ints"] as const;

/** @throws PixelgradError `MODEL_DAMAGED` when the attribute is of another kind than the operator's. */
function find(
  { attribute, opType, name: node, output }: NodeProto,
  name: string,
  kind: (typeof kinds)[number],
): AttributeProto | undefined {
  const found = attribute.find((a) => a.name === name);
  if (found === undefined || found.type === 0 || found.type === kinds.indexOf(kind)) return found;
  const got = kinds[found.type] ?? `kind ${found.type}`;
  const where = `${opType} ${quoted(node || (output[0] ?? ""))}`;
  throw damaged("the model", `attribute '${name}' of ${where} is ${got}, expected ${kind}`);
}

export function intAttribute(node: NodeProto, name: string, missing: number): number {
  const found = find(node, name, "int");
  return found === undefined ? missing : Number(found.i);
}

export function intsAttribute(node: NodeProto, name: string, missing: readonly number[]): number[] {
  return find(node, name, "ints")?.ints.map(Number) ?? [...missing];
}

export function floatAttribute(node: NodeProto, name: string, missing: number): number {
  return find(node, name, "float")?.f ?? missing;
}

/** Undefined when the node has no such attribute. */
export function optionalFloatAttribute(node: NodeProto, name: string): number | undefined {
  return find(node, name, "float")?.f;
}

export function stringAttribute(node: NodeProto, name: string, missing: string): string {
  const found = find(node, name, "string");
  return found === undefined ? missing : new TextDecoder().decode(found.s);
}

export function tensorAttribute(node: NodeProto, name: string): TensorProto | undefined {
  return find(node, name, "tensor")?.t;
}

/** Undefined when the node has no such attribute. */
export function floatsAttribute(node: NodeProto, name: string): readonly number[] | undefined {
  return find(node, name, "floats")?.floats;
}
