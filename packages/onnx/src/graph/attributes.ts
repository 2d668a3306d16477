/** Attributes of a node, with the defaults of the operator's specification given by the caller. */
import type { NodeProto, TensorProto } from "./onnx_pb.ts";

function find({ attribute }: NodeProto, name: string) {
  return attribute.find((a) => a.name === name);
}

export function intAttribute(node: NodeProto, name: string, missing: number): number {
  const found = find(node, name);
  return found === undefined ? missing : Number(found.i);
}

export function intsAttribute(node: NodeProto, name: string, missing: readonly number[]): number[] {
  return find(node, name)?.ints.map(Number) ?? [...missing];
}

export function floatAttribute(node: NodeProto, name: string, missing: number): number {
  return find(node, name)?.f ?? missing;
}

/** Undefined when the node has no such attribute. */
export function optionalFloatAttribute(node: NodeProto, name: string): number | undefined {
  return find(node, name)?.f;
}

export function stringAttribute(node: NodeProto, name: string, missing: string): string {
  const found = find(node, name);
  return found === undefined ? missing : new TextDecoder().decode(found.s);
}

export function tensorAttribute(node: NodeProto, name: string): TensorProto | undefined {
  return find(node, name)?.t;
}

/** Undefined when the node has no such attribute. */
export function floatsAttribute(node: NodeProto, name: string): readonly number[] | undefined {
  return find(node, name)?.floats;
}
