/** In what two models differ. @module */
import {
  create,
  type DescMessage,
  equals,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { diffTensors, type TensorChange, type TensorFacts, tensorFacts } from "./diff-tensors.ts";
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
} from "./onnx_pb.ts";
import type { OnnxModel, ValueDescription } from "./onnx-model.ts";
import { Wiring } from "./wiring.ts";

/** What one model has and the other has not, and what both have under one name but not alike. */
export interface Difference<Item, Change> {
  readonly added: readonly Item[];
  readonly removed: readonly Item[];
  readonly changed: readonly Change[];
  readonly unchanged: number;
}

/** A node; what it makes is its name here, because nodes need have none. */
export interface NodeFacts {
  readonly output: string;
  readonly op: string;
}

export interface NodeChange {
  readonly output: string;
  readonly before: string;
  readonly after: string;
  /** Such as `inputs` or `attribute pads`; of an operator that is another, that alone. */
  readonly what: readonly string[];
}

export interface ValueChange {
  readonly name: string;
  readonly before: ValueDescription;
  readonly after: ValueDescription;
}

export interface TextChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface ModelDiff {
  /** Initialisers and Constant nodes, by name. */
  readonly tensors: Difference<TensorFacts, TensorChange>;
  /** All other nodes, by what they make. */
  readonly nodes: Difference<NodeFacts, NodeChange>;
  readonly inputs: Difference<ValueDescription, ValueChange>;
  readonly outputs: Difference<ValueDescription, ValueChange>;
  readonly metadata: Difference<{ readonly name: string; readonly value: string }, TextChange>;
  /** Versions, by domain; the default one is `ai.onnx`. */
  readonly opsets: Difference<{ readonly name: string; readonly value: string }, TextChange>;
  /** Other fields of the file that are not the same, as the format calls them: `producer_name`, `graph.value_info`, ... */
  readonly other: readonly string[];
  /** Whether nothing above differs. Nodes in another order, and numbers in another encoding, are no difference. */
  readonly same: boolean;
}

/** Fields that are compared piece by piece. */
const covered: ReadonlySet<string> = new Set([
  ...["graph", "metadata_props", "opset_import"],
  ...["graph.node", "graph.initializer", "graph.input", "graph.output"],
]);

export function diffModels(a: OnnxModel, b: OnnxModel): ModelDiff {
  const parts = {
    tensors: differ(byName(constants(a)), byName(constants(b)), tensorFacts, (_, x, y) => diffTensors(x, y)),
    nodes: differ(byOutput(a), byOutput(b), nodeFacts, nodeChange),
    inputs: differ(byName(a.inputs), byName(b.inputs), same, valueChange),
    outputs: differ(byName(a.outputs), byName(b.outputs), same, valueChange),
    metadata: differ(a.metadata, b.metadata, named, textChange),
    opsets: differ(opsets(a), opsets(b), named, textChange),
  };
  const other = [
    ...otherFields(ModelProtoSchema, a.proto, b.proto, ""),
    ...otherFields(GraphProtoSchema, a.graph, b.graph, "graph."),
  ];
  const isSame = ({ added, removed, changed }: Difference<unknown, unknown>): boolean =>
    added.length + removed.length + changed.length === 0;
  return { ...parts, other, same: other.length === 0 && Object.values(parts).every(isSame) };
}

function differ<T, Item, Change>(
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  item: (value: T, name: string) => Item,
  compare: (name: string, before: T, after: T) => Change | undefined,
): Difference<Item, Change> {
  const both = [...a].filter(([name]) => b.has(name));
  const changed = both.flatMap(([name, before]) => compare(name, before, b.get(name) as T) ?? []);
  const only = (one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): Item[] =>
    [...one].filter(([name]) => !other.has(name)).map(([name, value]) => item(value, name));
  return { added: only(b, a), removed: only(a, b), changed, unchanged: both.length - changed.length };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}

function constants({ graph }: OnnxModel): TensorProto[] {
  const wiring = Wiring.of(graph);
  const made = graph.node.filter((node) => isConstant(wiring, node)).map(({ output }) => output[0] as string);
  return [...graph.initializer, ...made.map((name) => wiring.constant(name) as TensorProto)];
}

/** Not those that hold strings or a sparse tensor. */
function isConstant(wiring: Wiring, { opType, output }: NodeProto): boolean {
  return opType === "Constant" && wiring.constant(output[0] as string) !== undefined;
}

function byOutput({ graph }: OnnxModel): ReadonlyMap<string, NodeProto> {
  const wiring = Wiring.of(graph);
  const nodes = graph.node.filter((node) => !isConstant(wiring, node));
  return new Map(nodes.map((node) => [node.output.find(Boolean) ?? node.name, node]));
}

function nodeFacts(node: NodeProto, output: string): NodeFacts {
  return { output, op: operatorOf(node) };
}

function nodeChange(output: string, a: NodeProto, b: NodeProto): NodeChange | undefined {
  if (equals(NodeProtoSchema, a, b)) return undefined;
  const [before, after] = [a, b].map((node) => `${operatorOf(node)}(${node.input.join(", ")})`) as [
    string,
    string,
  ];
  if (operatorOf(a) !== operatorOf(b)) return { output, before, after, what: ["operator"] };
  const [of, to] = [byName(a.attribute), byName(b.attribute)];
  const attributes = [...new Set([...of.keys(), ...to.keys()])].filter((name) => {
    const [x, y] = [of.get(name), to.get(name)];
    return x === undefined || y === undefined || !equals(AttributeProtoSchema, x, y);
  });
  const what = [
    ...(a.input.join() === b.input.join() ? [] : ["inputs"]),
    ...(a.output.join() === b.output.join() ? [] : ["outputs"]),
    ...attributes.map((name) => `attribute ${name}`),
  ];
  return { output, before, after, what: what.length === 0 ? ["name or description"] : what };
}

function operatorOf({ opType, domain }: NodeProto): string {
  return domain === "" || domain === "ai.onnx" ? opType : `${domain}.${opType}`;
}

function valueChange(
  name: string,
  before: ValueDescription,
  after: ValueDescription,
): ValueChange | undefined {
  const isSame = before.type === after.type && before.dims.join() === after.dims.join();
  return isSame ? undefined : { name, before, after };
}

function textChange(name: string, before: string, after: string): TextChange | undefined {
  return before === after ? undefined : { name, before, after };
}

function opsets({ proto }: OnnxModel): ReadonlyMap<string, string> {
  return new Map(proto.opsetImport.map(({ domain, version }) => [domain || "ai.onnx", String(version)]));
}

function same<T>(value: T): T {
  return value;
}

function named(value: string, name: string): { readonly name: string; readonly value: string } {
  return { name, value };
}

/** Names of the fields of two messages that differ. */
function otherFields<Schema extends DescMessage>(
  schema: Schema,
  a: MessageShape<Schema>,
  b: MessageShape<Schema>,
  prefix: string,
): string[] {
  const alone = (message: MessageShape<Schema>, field: string) =>
    create(schema, { [field]: message[field as keyof typeof message] } as MessageInitShape<Schema>);
  return schema.fields
    .filter(({ name }) => !covered.has(prefix + name))
    .filter(({ localName }) => !equals(schema, alone(a, localName), alone(b, localName)))
    .map(({ name }) => prefix + name);
}
