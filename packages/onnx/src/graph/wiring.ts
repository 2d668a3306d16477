/** Which node makes a value, which nodes read it, and which values are constants. @module */
import { create } from "@bufbuild/protobuf";
import { tensorAttribute } from "./attributes.ts";
import { edited } from "./edited.ts";
import { elementType } from "./element-types.ts";
import { type GraphProto, type NodeProto, type TensorProto, TensorProtoSchema } from "./onnx_pb.ts";
import { floatTensor } from "./tensor-proto.ts";

export class Wiring {
  readonly graph: GraphProto;
  readonly #producers = new Map<string, NodeProto>();
  readonly #readers = new Map<string, NodeProto[]>();
  readonly #constants = new Map<string, TensorProto>();
  readonly #static = new Set<string>();

  constructor(graph: GraphProto) {
    this.graph = graph;
    for (const tensor of graph.initializer) this.#constants.set(tensor.name, tensor);
    for (const node of graph.node) {
      const read = valuesRead(node);
      for (const value of read) {
        const readers = this.#readers.get(value);
        if (readers === undefined) this.#readers.set(value, [node]);
        else readers.push(node);
      }
      const constant = node.opType === "Constant" ? constantValue(node) : undefined;
      if (constant !== undefined) this.#constants.set(constant.name, constant);
      const fixed = read.length > 0 && !isRandom(node) && read.every((value) => this.isStatic(value));
      for (const output of node.output) {
        this.#producers.set(output, node);
        // The format has nodes in the order they run, so what a node reads is known by now.
        if (fixed || node.opType === "Shape" || node.opType === "Size") this.#static.add(output);
      }
    }
  }

  producer(value: string): NodeProto | undefined {
    return this.#producers.get(value);
  }

  readers(value: string): readonly NodeProto[] {
    return this.#readers.get(value) ?? [];
  }

  /** The name under which a constant is kept: where a chain of Identity begins. */
  constantName(value: string): string | undefined {
    // A damaged file may tie its nodes into a ring.
    const seen = new Set<string>();
    let name = value;
    while (!this.#constants.has(name)) {
      const node = this.producer(name);
      if (node?.opType !== "Identity" || seen.has(name)) return undefined;
      seen.add(name);
      name = node.input[0] as string;
    }
    return name;
  }

  /** The tensor of an initialiser or a Constant node, also through Identity. */
  constant(value: string): TensorProto | undefined {
    return this.#constants.get(this.constantName(value) ?? "");
  }

  /** Whether a value follows from constants and shapes alone: with static input dims it is a constant. */
  isStatic(value: string): boolean {
    return this.#constants.has(value) || this.#static.has(value);
  }

  /** All nodes that `values` depend on, in graph order. */
  ancestors(values: Iterable<string>): NodeProto[] {
    const wanted = new Set<NodeProto>();
    const open = [...values];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const node = this.producer(value);
      if (node === undefined || wanted.has(node)) continue;
      wanted.add(node);
      open.push(...valuesRead(node));
    }
    return this.graph.node.filter((node) => wanted.has(node));
  }
}

/** What a node reads: its inputs, and what the bodies of If and Loop may take from around them. */
export function valuesRead({ input, attribute }: NodeProto): string[] {
  const bodies = attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
  const captured = bodies.flatMap((body) => [
    ...body.node.flatMap(valuesRead),
    ...body.output.map(({ name }) => name),
  ]);
  return [...input, ...captured].filter((name) => name !== "");
}

function isRandom({ opType }: NodeProto): boolean {
  return opType.startsWith("Random") || opType === "Bernoulli" || opType === "Multinomial";
}

/** What a Constant node holds; undefined for strings and sparse tensors. */
function constantValue(node: NodeProto): TensorProto | undefined {
  const name = node.output[0] as string;
  const tensor = tensorAttribute(node, "value");
  if (tensor !== undefined) return tensor.name === name ? tensor : edited(tensor, { name });
  const given = node.attribute[0];
  switch (given?.name) {
    case "value_float":
      return floatTensor(name, [], [given.f]);
    case "value_floats":
      return floatTensor(name, [given.floats.length], given.floats);
    case "value_int":
      return int64s(name, [], [given.i]);
    case "value_ints":
      return int64s(name, [BigInt(given.ints.length)], given.ints);
    default:
      return undefined;
  }
}

function int64s(name: string, dims: bigint[], values: bigint[]): TensorProto {
  return create(TensorProtoSchema, { name, dims, dataType: elementType.int64, int64Data: values });
}
