/** An .onnx file in memory. @module */
import { create } from "@bufbuild/protobuf";
import { elementCount, formatDims, PixelgradError, type Tensor } from "@pixelgrad/core";
import { LARGEST_FILE, tooLarge } from "../files/model-limit.ts";
import { firstExternal, readExternalData, refused } from "../files/read-external-data.ts";
import { readModelFile } from "../files/read-model-file.ts";
import { writeModelFile } from "../files/write-model-file.ts";
import { decodeModel } from "./decode-model.ts";
import { edited } from "./edited.ts";
import { elementType, elementTypeName } from "./element-types.ts";
import { joined, modelPieces } from "./model-pieces.ts";
import {
  type GraphProto,
  type ModelProto,
  StringStringEntryProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx_pb.ts";
import { replaceConstants } from "./replace-constants.ts";
import { dimsOf, readFloats, withFloats } from "./tensor-proto.ts";
import { Wiring } from "./wiring.ts";

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

  /**
   * A model from a file, with weights that lie in other files of its folder; where the folder must not be left, and links
   * are not followed.
   * @throws PixelgradError `MODEL_NOT_FOUND`, `MODEL_DAMAGED`, `MODEL_TOO_LARGE`, `MODEL_UNSUPPORTED` (more nodes than fit
   *   in memory), `EXTERNAL_DATA_REFUSED`.
   */
  static async load(path: string): Promise<OnnxModel> {
    const proto = decodeModel(await readModelFile(path), path);
    await readExternalData(proto, path);
    return new OnnxModel(proto, path);
  }

  /**
   * A model from the bytes of a file; its tensors are views of them.
   * @throws PixelgradError `MODEL_DAMAGED`, `MODEL_UNSUPPORTED` (more nodes than fit in memory), `EXTERNAL_DATA_REFUSED`
   *   when weights are in other files, of which bytes do not tell the folder.
   */
  static parse(bytes: Uint8Array, name = "the model"): OnnxModel {
    const proto = decodeModel(bytes, name);
    const outside = firstExternal(proto);
    if (outside !== undefined) {
      throw refused(name, outside, "bytes alone do not tell the folder; load the model by its path");
    }
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
    const kept = this.proto.metadataProps.filter(({ key }) => !Object.hasOwn(entries, key));
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
   * A weight as float32 numbers, copied: an initialiser or a Constant, also through Identity and a Cast to float32.
   * @throws PixelgradError `TENSOR_NOT_FOUND`, `TENSOR_UNSUPPORTED` for other than floats.
   */
  parameter(name: string): Tensor<Float32Array> {
    const tensor = Wiring.of(this.graph).constant(name);
    if (tensor === undefined) throw notFound(name);
    return readFloats(tensor);
  }

  /**
   * The model with weights replaced by others of the same shape, wherever they are kept, in the type they are kept in:
   * float16 and bfloat16 are rounded to nearest, ties to even.
   * @throws PixelgradError `TENSOR_NOT_FOUND`, `TENSOR_UNSUPPORTED`, `SHAPE_MISMATCH`, `WEIGHT_OUT_OF_RANGE`.
   */
  withParameters(parameters: ReadonlyMap<string, Tensor<Float32Array>>): OnnxModel {
    const wiring = Wiring.of(this.graph);
    const fresh = new Map<string, TensorProto>();
    for (const [name, { data, dims }] of parameters) {
      const old = wiring.stored(name);
      if (old === undefined) throw notFound(name);
      const expected = dimsOf(old);
      if (dims.join() !== expected.join() || data.length !== elementCount(expected)) {
        throw new PixelgradError(
          "SHAPE_MISMATCH",
          `Weight '${name}' of the model has dims ${formatDims(expected)}, got ${formatDims(dims)} with ${data.length} numbers.`,
          { expected, got: dims },
        );
      }
      fresh.set(old.name, withFloats(old, data));
    }
    return this.withGraph(replaceConstants(this.graph, fresh));
  }

  /**
   * The whole model, external weights included.
   * @throws PixelgradError `MODEL_TOO_LARGE` from 2 GiB on; `save` can write such a model.
   */
  toBytes(): Uint8Array {
    const pieces = modelPieces(this.proto);
    if (pieces.bytes > LARGEST_FILE)
      throw tooLarge(this.name, pieces.bytes, "save it instead, with external data");
    return joined(pieces);
  }

  /**
   * Writes the file whole or not at all. Weights that came from other files are written inside; a model of more than 2 GiB
   * has its large weights in one `NAME.onnx.data` beside it.
   * @throws PixelgradError `MODEL_NOT_SAVED`; files that were there are then as they were.
   */
  save(path: string): Promise<void> {
    return writeModelFile(path, this.proto);
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

function notFound(name: string): PixelgradError {
  return new PixelgradError("TENSOR_NOT_FOUND", `The model has no weight named '${name}'.`, { name });
}
