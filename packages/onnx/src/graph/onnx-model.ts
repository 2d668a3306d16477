/** An .onnx file in memory. @module */
import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { elementCount, formatDims, PixelgradError, type Tensor } from "@pixelgrad/core";
import { edited } from "./edited.ts";
import { elementType, elementTypeName } from "./element-types.ts";
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx_pb.ts";
import { replaceConstants } from "./replace-constants.ts";
import { dimsOf, readFloats, withFloats } from "./tensor-proto.ts";
import { Wiring } from "./wiring.ts";

/** `data_location` of a tensor whose numbers are in another file. */
const EXTERNAL = 1;

/** An input or output of a model; a symbolic dim is its name, an unknown one "?". */
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

  /** @throws PixelgradError `MODEL_NOT_FOUND`, `MODEL_DAMAGED`, `MODEL_UNSUPPORTED` (weights in other files). */
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

  /**
   * A model from the bytes of a file; its tensors are views of them.
   * @throws PixelgradError `MODEL_DAMAGED`, `MODEL_UNSUPPORTED` (weights in other files).
   */
  static parse(bytes: Uint8Array, name = "the model"): OnnxModel {
    let proto: ModelProto;
    try {
      proto = fromBinary(ModelProtoSchema, bytes);
    } catch (cause) {
      throw damaged(name, "it is not a protobuf message of the ONNX format, or it is cut short", cause);
    }
    if (proto.graph === undefined || proto.graph.node.length === 0) throw damaged(name, "it has no graph");
    if (proto.graph.output.length === 0) throw damaged(name, "its graph has no output");
    if (proto.opsetImport.length === 0) throw damaged(name, "it names no operator set");
    const outside = proto.graph.initializer.find(({ dataLocation }) => dataLocation === EXTERNAL);
    if (outside !== undefined) throw external(name, outside.name);
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
    const added = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    );
    return new OnnxModel(edited(this.proto, { metadataProps: [...kept, ...added] }), this.name);
  }

  /** The model with parts of its graph replaced. */
  withGraph(
    changes: Partial<Pick<GraphProto, "node" | "initializer" | "input" | "output" | "valueInfo">>,
  ): OnnxModel {
    return new OnnxModel(edited(this.proto, { graph: edited<GraphProto>(this.graph, changes) }), this.name);
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
   * @throws PixelgradError `TENSOR_NOT_FOUND`, `TENSOR_UNSUPPORTED`, `SHAPE_MISMATCH`.
   */
  withParameters(parameters: ReadonlyMap<string, Tensor<Float32Array>>): OnnxModel {
    const wiring = new Wiring(this.graph);
    const fresh = new Map<string, TensorProto>();
    for (const [name, { data, dims }] of parameters) {
      const kept = wiring.constantName(name);
      const old = wiring.constant(name);
      if (kept === undefined || old === undefined) throw notFound(name);
      const expected = dimsOf(old);
      if (dims.join() !== expected.join() || data.length !== elementCount(expected)) {
        throw new PixelgradError(
          "SHAPE_MISMATCH",
          `Weight '${name}' of the model has dims ${formatDims(expected)}, got ${formatDims(dims)} with ${data.length} numbers.`,
          { expected, got: dims },
        );
      }
      fresh.set(kept, withFloats(old, data));
    }
    return this.withGraph(replaceConstants(this.graph, fresh));
  }

  toBytes(): Uint8Array {
    return toBinary(ModelProtoSchema, this.proto);
  }

  /**
   * Writes the file whole or not at all: under a temporary name beside it, then renamed.
   * @throws PixelgradError `MODEL_NOT_SAVED`; a file that was there is then as it was.
   */
  async save(path: string): Promise<void> {
    const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    try {
      await writeFile(temporary, this.toBytes());
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true });
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PixelgradError(
        "MODEL_NOT_SAVED",
        `The model could not be written to ${path}: ${reason}.`,
        { path, reason },
        { cause },
      );
    }
  }
}

function describeValue({ name, type }: ValueInfoProto): ValueDescription {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const dims = tensor?.shape?.dim.map(({ value }) =>
    // Some exporters write -1 for a dim they leave open.
    value.case === "dimValue" && value.value >= 0n
      ? Number(value.value)
      : (value.case === "dimParam" && value.value) || "?",
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

function external(model: string, tensor: string): PixelgradError {
  const reason = `the numbers of '${tensor}' are in another file`;
  return new PixelgradError(
    "MODEL_UNSUPPORTED",
    `${model} cannot be used: ${reason}, expected all of them inside; save the model again without external data.`,
    { model, reason },
  );
}

function notFound(name: string): PixelgradError {
  return new PixelgradError("TENSOR_NOT_FOUND", `The model has no weight named '${name}'.`, { name });
}
