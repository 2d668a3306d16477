/**
 * The bytes of a model in pieces, with large tensors as the slices they are, so that writing a model takes no second copy of
 * its weights. Fields come in the order of their numbers, but for those of a large tensor, whose data comes last.
 *
 * @module
 */
import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { edited, without } from "./edited.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "./onnx_pb.ts";

/** Data shorter than this is copied with the rest: a piece of its own costs about as much. */
const LARGE = 4096;

/** The data fields of a tensor, by number. */
const dataFields = {
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
} as const satisfies Partial<Record<keyof TensorProto, number>>;
type DataField = keyof typeof dataFields;
const dataFieldNames = Object.keys(dataFields) as DataField[];

/** Fields of a model before its graph; the rest, and unknown ones, come after. */
const beforeGraph = [
  "irVersion",
  "producerName",
  "producerVersion",
  "domain",
  "modelVersion",
  "docString",
] as const;

/** Pieces of a message, in order. */
class Pieces {
  readonly list: Uint8Array[] = [];
  bytes = 0;

  piece(bytes: Uint8Array): this {
    if (bytes.length > 0) this.list.push(bytes);
    this.bytes += bytes.length;
    return this;
  }

  /** Fields of a message as they are, without a tag of their own. */
  fields<D extends DescMessage>(schema: D, message: MessageShape<D>): this {
    return this.piece(toBinary(schema, message));
  }

  /** A field that holds a message. */
  nested(field: number, { list, bytes }: Pieces): this {
    this.#prefix(field, bytes);
    for (const piece of list) this.piece(piece);
    return this;
  }

  data(field: number, bytes: Uint8Array): this {
    this.#prefix(field, bytes.length);
    return this.piece(bytes);
  }

  #prefix(field: number, length: number): void {
    this.piece(new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish());
  }
}

export interface ModelPieces {
  readonly list: readonly Uint8Array[];
  /** Of all of them together. */
  readonly bytes: number;
}

export function modelPieces(proto: ModelProto): ModelPieces {
  const { graph } = proto;
  const pieces = new Pieces();
  const after = without(proto, "graph", ...beforeGraph);
  const before = edited(without(proto, "graph", "$unknown"), {
    opsetImport: [],
    metadataProps: [],
    functions: [],
  });
  pieces.fields(ModelProtoSchema, before);
  if (graph !== undefined) pieces.nested(7, graphPieces(graph));
  return pieces.fields(ModelProtoSchema, after);
}

function graphPieces(graph: GraphProto): Pieces {
  const pieces = new Pieces();
  const part = (some: Partial<GraphProto>): Pieces =>
    pieces.fields(
      GraphProtoSchema,
      create(GraphProtoSchema, some as MessageInitShape<typeof GraphProtoSchema>),
    );
  for (const [large, nodes] of runsOf(graph.node, hasLargeAttribute)) {
    if (large) for (const node of nodes) pieces.nested(1, nodePieces(node));
    else part({ node: nodes });
  }
  if (Object.hasOwn(graph, "name")) part({ name: graph.name });
  for (const [large, initializer] of runsOf(graph.initializer, hasLargeData)) {
    if (large) for (const tensor of initializer) pieces.nested(5, tensorPieces(tensor));
    else part({ initializer });
  }
  const rest = edited<GraphProto>(without(graph, "name"), { node: [], initializer: [] });
  return pieces.fields(GraphProtoSchema, rest);
}

/** Neighbours that are alike, together: what is small is written as one piece. */
function* runsOf<T>(items: readonly T[], isLarge: (item: T) => boolean): Generator<[boolean, T[]]> {
  let run: T[] = [];
  let large = false;
  for (const item of items) {
    const is = isLarge(item);
    if (is !== large && run.length > 0) {
      yield [large, run];
      run = [];
    }
    large = is;
    run.push(item);
  }
  if (run.length > 0) yield [large, run];
}

function nodePieces(node: NodeProto): Pieces {
  const pieces = new Pieces();
  pieces.fields(NodeProtoSchema, edited<NodeProto>(node, { attribute: [] }));
  for (const attribute of node.attribute) pieces.nested(5, attributePieces(attribute));
  return pieces;
}

/** A body always counts as large: the tensors in it need not be looked for first. */
function hasLargeAttribute({ attribute }: NodeProto): boolean {
  return attribute.some(
    ({ t, tensors, g, graphs }) =>
      g !== undefined ||
      graphs.length > 0 ||
      (t !== undefined && hasLargeData(t)) ||
      tensors.some(hasLargeData),
  );
}

function hasLargeData(tensor: TensorProto): boolean {
  return dataFieldNames.some((field) => tensor[field].length >= LARGE);
}

function attributePieces(attribute: AttributeProto): Pieces {
  const { t, g, tensors, graphs } = attribute;
  const pieces = new Pieces();
  pieces.fields(
    AttributeProtoSchema,
    edited<AttributeProto>(without(attribute, "t", "g"), { tensors: [], graphs: [] }),
  );
  if (t !== undefined) pieces.nested(5, tensorPieces(t));
  if (g !== undefined) pieces.nested(6, graphPieces(g));
  for (const tensor of tensors) pieces.nested(10, tensorPieces(tensor));
  for (const body of graphs) pieces.nested(11, graphPieces(body));
  return pieces;
}

function tensorPieces(tensor: TensorProto): Pieces {
  const pieces = new Pieces();
  if (!hasLargeData(tensor)) return pieces.fields(TensorProtoSchema, tensor);
  const large = dataFieldNames.filter((field) => tensor[field].length >= LARGE);
  pieces.fields(TensorProtoSchema, without(tensor, ...large));
  for (const field of large) pieces.data(dataFields[field], tensor[field]);
  return pieces;
}

/** The pieces as one array. */
export function joined({ list, bytes }: ModelPieces): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  let at = 0;
  for (const piece of list) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The pieces in chunks that are worth a write each: small ones together, large ones alone and not copied. */
export function* chunksOf(
  { list }: Pick<ModelPieces, "list">,
  size: number = 1 << 20,
): Generator<Uint8Array> {
  let small: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of list) {
    if (bytes + piece.length > size && bytes > 0) {
      yield joined({ list: small, bytes });
      [small, bytes] = [[], 0];
    }
    if (piece.length > size / 16) {
      if (bytes > 0) yield joined({ list: small, bytes });
      [small, bytes] = [[], 0];
      yield piece;
    } else {
      small.push(piece);
      bytes += piece.length;
    }
  }
  if (bytes > 0) yield joined({ list: small, bytes });
}
