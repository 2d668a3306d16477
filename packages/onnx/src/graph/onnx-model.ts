/** An .onnx file in memory. @module */
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { PixelgradError, type Tensor } from "@pixelgrad/core";
import { elementType, elementTypeName } from "./element-types.ts";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from "./onnx_pb.ts";
import { floatTensor, readFloats } from "./tensor-proto.ts";
import { Wiring } from "./wiring.ts";

/** An input or output of a model; symbolic dims are strings. */
export interface ValueDescription {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** Immutable: what changes it returns another one, which shares all that stayed. */
export class OnnxModel {
  /** For messages: the path, or what the caller said. */
  readonly name: string;
  readonly proto: ModelProto;

  private constructor(proto: ModelProto, name: string) {
    this.proto = proto;
    this.name = name;
  }

  /** @throws PixelgradError `MODEL_NOT_FOUND`, `MODEL_DAMAGED`. */
  static async load(path: string): Promise<OnnxModel> {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      throw new PixelgradError(
        "MODEL_NOT_FOUND",
        `There is no readable model file at ${path}.`,
        { path },
        { cause },
      );
    }
    return OnnxModel.parse(bytes, path);
  }

  /** @throws PixelgradError `MODEL_DAMAGED`. */
  static parse(bytes: Uint8Array, name = "the model"): OnnxModel {
    let proto: ModelProto;
    try {
      proto = fromBinary(ModelProtoSchema, bytes);
    } catch (cause) {
      throw damaged(name, "it is not a protobuf message of the ONNX format, or it is cut short", cause);
    }
    if (proto.graph === undefined || proto.graph.node.length === 0) throw damaged(name, "it has no graph");
    if (proto.opsetImport.length === 0) throw damaged(name, "it names no operator set");
    return new OnnxModel(proto, name);
  }

  /** A model from its message. */
  static of(proto: ModelProto, name = "the model"): OnnxModel {
    return new OnnxModel(proto, name);
  }

  get graph(): GraphProto {
    return this.proto.graph as GraphProto;
  }

  /** Inputs a caller must feed: without the initialisers that old files list as inputs too. */
  get inputs(): readonly ValueDescription[] {
    const initializers = new Set(this.graph.initializer.map((tensor) => tensor.name));
    return this.graph.input.filter((value) => !initializers.has(value.name)).map(describeValue);
  }

  get outputs(): readonly ValueDescription[] {
    return this.graph.output.map(describeValue);
  }

  /** Version of the default operator set. */
  get opset(): number {
    const found = this.proto.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
    return Number(found?.version ?? 1n);
  }

  get metadata(): ReadonlyMap<string, string> {
    return new Map(this.proto.metadataProps.map(({ key, value }) => [key, value]));
  }

  /** The model with metadata entries added or replaced. */
  withMetadata(entries: Readonly<Record<string, string>>): OnnxModel {
    const kept = this.proto.metadataProps.filter(({ key }) => !(key in entries));
    const added = Object.entries(entries).map(([key, value]) => ({
      $typeName: "onnx.StringStringEntryProto" as const,
      key,
      value,
    }));
    return new OnnxModel({ ...this.proto, metadataProps: [...kept, ...added] }, this.name);
  }

  /** The model with parts of its graph replaced. */
  withGraph(
    changes: Partial<Pick<GraphProto, "node" | "initializer" | "input" | "output" | "valueInfo">>,
  ): OnnxModel {
    return new OnnxModel({ ...this.proto, graph: { ...this.graph, ...changes } }, this.name);
  }

  /**
   * A float32 weight, copied.
   * @throws PixelgradError `TENSOR_NOT_FOUND`, `TENSOR_UNSUPPORTED`.
   */
  parameter(name: string): Tensor<Float32Array> {
    const tensor = new Wiring(this.graph).constant(name);
    if (tensor === undefined) throw notFound(name);
    return readFloats(tensor);
  }

  /**
   * The model with weights replaced by others of the same shape, wherever they are kept.
   * @throws PixelgradError `TENSOR_NOT_FOUND`, `SHAPE_MISMATCH`.
   */
  withParameters(parameters: ReadonlyMap<string, Tensor<Float32Array>>): OnnxModel {
    const wiring = new Wiring(this.graph);
    const replaced = new Map<unknown, ReturnType<typeof floatTensor>>();
    for (const [name, { data, dims }] of parameters) {
      const old = wiring.constant(name);
      if (old === undefined) throw notFound(name);
      const { dims: expected } = readFloats(old);
      if (dims.join() !== expected.join()) {
        throw new PixelgradError(
          "SHAPE_MISMATCH",
          `Weight '${name}' of the model has dims ${expected.join("×")}, got ${dims.join("×")}.`,
          { expected, got: dims },
        );
      }
      replaced.set(old, floatTensor(old.name, dims, data));
    }
    const inNode = (node: NodeProto): NodeProto =>
      node.attribute.some(({ t }) => replaced.has(t))
        ? {
            ...node,
            attribute: node.attribute.map((a) =>
              replaced.has(a.t) ? { ...a, t: replaced.get(a.t) as never } : a,
            ),
          }
        : node;
    return this.withGraph({
      initializer: this.graph.initializer.map((tensor) => replaced.get(tensor) ?? tensor),
      node: this.graph.node.map(inNode),
    });
  }

  toBytes(): Uint8Array {
    return toBinary(ModelProtoSchema, this.proto);
  }

  /** Writes the file whole or not at all: under a temporary name beside it, then renamed. */
  async save(path: string): Promise<void> {
    const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    try {
      await writeFile(temporary, this.toBytes());
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

function describeValue({ name, type }: ValueInfoProto): ValueDescription {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const dims = tensor?.shape?.dim.map(({ value }) =>
    value.case === "dimValue" ? Number(value.value) : value.case === "dimParam" ? value.value : "?",
  );
  return { name, type: elementTypeName(tensor?.elemType ?? elementType.float), dims: dims ?? [] };
}

function damaged(model: string, reason: string, cause?: unknown): PixelgradError {
  return new PixelgradError(
    "MODEL_DAMAGED",
    `${model} is no usable ONNX model: ${reason}.`,
    { model, reason },
    cause === undefined ? undefined : { cause },
  );
}

function notFound(name: string): PixelgradError {
  return new PixelgradError("TENSOR_NOT_FOUND", `The model has no weight named '${name}'.`, { name });
}
