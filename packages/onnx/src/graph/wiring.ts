/** Which node makes a value, which nodes read it, and which values are constants. @module */
import { tensorAttribute } from "./attributes.ts";
import type { GraphProto, NodeProto, TensorProto } from "./onnx_pb.ts";

export class Wiring {
  readonly graph: GraphProto;
  readonly #producers = new Map<string, NodeProto>();
  readonly #readers = new Map<string, NodeProto[]>();
  readonly #constants = new Map<string, TensorProto>();

  constructor(graph: GraphProto) {
    this.graph = graph;
    for (const tensor of graph.initializer) this.#constants.set(tensor.name, tensor);
    for (const node of graph.node) {
      for (const output of node.output) this.#producers.set(output, node);
      for (const input of node.input) {
        const readers = this.#readers.get(input);
        if (readers === undefined) this.#readers.set(input, [node]);
        else readers.push(node);
      }
      const value = node.opType === "Constant" ? tensorAttribute(node, "value") : undefined;
      const output = node.output[0];
      if (value !== undefined && output !== undefined) this.#constants.set(output, value);
    }
  }

  producer(value: string): NodeProto | undefined {
    return this.#producers.get(value);
  }

  readers(value: string): readonly NodeProto[] {
    return this.#readers.get(value) ?? [];
  }

  /** The tensor of an initialiser or a Constant node, also through Identity. */
  constant(value: string): TensorProto | undefined {
    const found = this.#constants.get(value);
    if (found !== undefined) return found;
    const node = this.producer(value);
    return node?.opType === "Identity" ? this.constant(node.input[0] as string) : undefined;
  }

  /** All nodes that `values` depend on, in graph order; those that make a value in `stop` and before are left out. */
  ancestors(values: Iterable<string>, stop: ReadonlySet<string> = new Set()): NodeProto[] {
    const wanted = new Set<NodeProto>();
    const open = [...values];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (stop.has(value)) continue;
      const node = this.producer(value);
      if (node === undefined || wanted.has(node)) continue;
      wanted.add(node);
      open.push(...node.input);
    }
    return this.graph.node.filter((node) => wanted.has(node));
  }
}
