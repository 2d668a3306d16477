/** Which node makes a value, which nodes read it, and which values are constants. @module */
import { intAttribute, tensorAttribute } from "./attributes.ts";
import { edited } from "./edited.ts";
import { elementType } from "./element-types.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "./onnx_pb.ts";
import { floatTensor, holdsFloats, rawTensor, readFloats } from "./tensor-proto.ts";

const wirings = new WeakMap<GraphProto, Wiring>();

export class Wiring {
  readonly graph: GraphProto;
  readonly #producers = new Map<string, NodeProto>();
  readonly #readers = new Map<string, NodeProto[]>();
  readonly #constants = new Map<string, TensorProto>();
  readonly #static = new Set<string>();
  /** Values that are a constant of another name; and those of them that are cast to float32. */
  readonly #aliases = new Map<string, string>();
  readonly #cast = new Set<string>();
  /** What a Cast makes of a constant, by the constant's name. */
  readonly #casts = new Map<string, TensorProto>();

  /** The wiring of a graph, made once: graphs do not change. */
  static of(graph: GraphProto): Wiring {
    const known = wirings.get(graph);
    if (known !== undefined) return known;
    const made = new Wiring(graph);
    wirings.set(graph, made);
    return made;
  }

  private constructor(graph: GraphProto) {
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
      this.#addAlias(node);
      const fixed = read.length > 0 && !isRandom(node) && read.every((value) => this.isStatic(value));
      for (const output of valuesMade(node)) {
        this.#producers.set(output, node);
        // The format has nodes in the order they run, so what a node reads is known by now.
        if (fixed || node.opType === "Shape" || node.opType === "Size") this.#static.add(output);
      }
    }
  }

  /** The format has nodes in the order they run, so what this one reads is known by now. */
  #addAlias(node: NodeProto): void {
    const { opType } = node;
    if (opType !== "Identity" && opType !== "Cast") return;
    const [input = ""] = node.input;
    const [output = ""] = node.output;
    const stored = this.constantName(input);
    if (stored === undefined || output === "") return;
    const toFloat = opType === "Cast" && intAttribute(node, "to", 0) === elementType.float;
    const casts = toFloat && holdsFloats(this.#constants.get(stored) as TensorProto);
    if (opType !== "Identity" && !casts) return;
    this.#aliases.set(output, stored);
    if (casts || this.#cast.has(input)) this.#cast.add(output);
  }

  producer(value: string): NodeProto | undefined {
    return this.#producers.get(value);
  }

  readers(value: string): readonly NodeProto[] {
    return this.#readers.get(value) ?? [];
  }

  /** The name under which a constant is kept: where a chain of Identity and of Cast to float32 begins. */
  constantName(value: string): string | undefined {
    return this.#constants.has(value) ? value : this.#aliases.get(value);
  }

  /** The tensor of an initialiser or a Constant node as it is kept, found also through Identity and Cast to float32. */
  stored(value: string): TensorProto | undefined {
    return this.#constants.get(this.constantName(value) ?? "");
  }

  /** The tensor of a constant as readers of `value` see it: behind a Cast, the float32 numbers that it makes. */
  constant(value: string): TensorProto | undefined {
    const stored = this.stored(value);
    if (stored === undefined || !this.#cast.has(value)) return stored;
    if (stored.dataType === elementType.float) return stored;
    const known = this.#casts.get(stored.name);
    if (known !== undefined) return known;
    const { data, dims } = readFloats(stored);
    const made = floatTensor(stored.name, dims, data);
    this.#casts.set(stored.name, made);
    return made;
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
      for (const read of valuesRead(node)) open.push(read);
    }
    return this.graph.node.filter((node) => wanted.has(node));
  }
}

/**
 * What a node reads: its inputs, and what the bodies of If and Loop may take from around them. With it come the values that
 * bodies make for themselves, which nobody else makes.
 */
export function valuesRead({ input, attribute }: NodeProto): string[] {
  const read = input.filter((name) => name !== "");
  const open = bodiesOf(attribute);
  for (let body = open.pop(); body !== undefined; body = open.pop()) {
    for (const node of body.node) {
      for (const name of node.input) if (name !== "") read.push(name);
      for (const inner of bodiesOf(node.attribute)) open.push(inner);
    }
    for (const { name } of body.output) if (name !== "") read.push(name);
  }
  return read;
}

/** What a node makes, but for outputs that are left out. */
export function valuesMade({ output }: NodeProto): string[] {
  return output.filter((name) => name !== "");
}

function bodiesOf(attributes: readonly AttributeProto[]): GraphProto[] {
  return attributes.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}

function isRandom({ opType }: NodeProto): boolean {
  return opType.startsWith("Random") || opType === "Bernoulli" || opType === "Multinomial";
}

/** What a Constant node holds; undefined for strings and sparse tensors. */
function constantValue(node: NodeProto): TensorProto | undefined {
  const [name] = node.output;
  if (!name) return undefined;
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
      return int64s(name, [given.ints.length], given.ints);
    default:
      return undefined;
  }
}

function int64s(name: string, dims: readonly number[], values: readonly bigint[]): TensorProto {
  return rawTensor(name, dims, elementType.int64, new Uint8Array(BigInt64Array.from(values).buffer));
}
