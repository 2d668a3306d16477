/** A graph that is written node by node, with the dims of every value, and the random choices that write it. */
import { elementCount } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, Node, RuleCase } from "../rule-case.ts";

export interface Value {
  readonly name: string;
  readonly dims: Dims;
}

/** Weights are smaller than images, so that values neither grow nor vanish along a graph. */
const WEIGHT_RANGE = [-0.7, 0.7] as const;
/** How often a weight of the dims that are asked for is used again. */
const SHARING = 0.8;
/** How often a value is chosen that no node reads yet: long graphs, rather than wide ones. */
const UNREAD = 0.6;

export class GraphWriter {
  readonly #random: () => number;
  readonly #nodes: Node[] = [];
  readonly #values: Value[] = [];
  readonly #weights: Value[] = [];
  readonly #read = new Set<string>();
  readonly #inputs: Record<string, Dims> = {};
  readonly #ints: Record<string, readonly number[]> = {};

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  chance(p: number): boolean {
    return this.#random() < p;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }

  /** An input of the graph that stands for an image. */
  image(dims: Dims): Value {
    const value = { name: `x${this.#values.length}`, dims };
    this.#inputs[value.name] = dims;
    this.#values.push(value);
    return value;
  }

  /** An input of the graph that stands for a weight, perhaps one that another node reads. */
  weight(dims: Dims): Value {
    const alike = this.#weights.filter((weight) => sameDims(weight.dims, dims));
    if (alike.length > 0 && this.chance(SHARING)) return this.pick(alike);
    const value = { name: `w${this.#weights.length}`, dims };
    this.#inputs[value.name] = dims;
    this.#weights.push(value);
    return value;
  }

  /** An int64 constant. */
  ints(values: readonly number[]): string {
    const name = `i${Object.keys(this.#ints).length}`;
    this.#ints[name] = values;
    return name;
  }

  /** An image or a result that `suits`; undefined when there is none. */
  value(suits: (value: Value) => boolean = () => true): Value | undefined {
    const suitable = this.#values.filter(suits);
    const unread = suitable.filter(({ name }) => !this.#read.has(name));
    const list = unread.length > 0 && this.chance(UNREAD) ? unread : suitable;
    return list.length === 0 ? undefined : this.pick(list);
  }

  /** Writes a node whose outputs have `dims`; its first output. */
  write(
    op: string,
    inputs: readonly (Value | string)[],
    dims: Dims | readonly Dims[],
    attributes: Attributes = {},
  ): Value {
    const all = (Array.isArray(dims[0]) ? dims : [dims]) as readonly Dims[];
    const names = inputs.map((input) => (typeof input === "string" ? input : input.name));
    const outputs = all.map((one, i) => ({ name: `v${this.#nodes.length}.${i}`, dims: one }));
    for (const name of names) this.#read.add(name);
    this.#nodes.push(
      node(
        op,
        names,
        outputs.map(({ name }) => name),
        attributes,
      ),
    );
    this.#values.push(...outputs);
    return outputs[0]!;
  }

  /** The graph as a case: y is everything that no node reads, in one row. */
  end(): RuleCase {
    const row = this.ints([-1]);
    const ends = this.#values.filter(({ name }) => !this.#read.has(name));
    for (const value of ends) this.write("Reshape", [value, row], [elementCount(value.dims)]);
    const rows = this.#values.slice(-ends.length).map(({ name }) => name);
    return {
      nodes: [...this.#nodes, node("Concat", rows, ["y"], { axis: 0 })],
      inputs: this.#inputs,
      ints: this.#ints,
      range: Object.fromEntries(this.#weights.map(({ name }) => [name, WEIGHT_RANGE])),
    };
  }
}

export function sameDims(a: Dims, b: Dims): boolean {
  return a.length === b.length && a.every((d, axis) => d === b[axis]);
}
