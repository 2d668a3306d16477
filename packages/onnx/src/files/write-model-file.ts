/**
 * A model as files that are there whole or not at all: written under temporary names, then renamed.
 *
 * What came from external files is written inside the model: one file that runs anywhere is what most people want, it cannot
 * lose its weights on the way, and the locations in the old file are a stranger's word that this package does not write to.
 * Only where protobuf's 2 GB forbid it do large weights go to one `NAME.onnx.data` beside the model.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, lstat, open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { create } from "@bufbuild/protobuf";
import { PixelgradError } from "@pixelgrad/core";
import { edited } from "../graph/edited.ts";
import { elementType } from "../graph/element-types.ts";
import { chunksOf, modelPieces } from "../graph/model-pieces.ts";
import {
  type GraphProto,
  type ModelProto,
  StringStringEntryProtoSchema,
  type TensorProto,
} from "../graph/onnx_pb.ts";
import { withoutData } from "../graph/tensor-proto.ts";
import { EXTERNAL } from "../graph/tensor-size.ts";
import { LARGEST_FILE } from "./model-limit.ts";

/** A page, so that a runtime can map the file. */
const ALIGNMENT = 4096;

/** Smaller tensors stay inside: shapes are needed to open the model at all. */
const SMALLEST_OUTSIDE = 1024;

export interface WriteOptions {
  /** From how many bytes on weights go outside; the format's limit unless given. */
  readonly largest?: number;
}

/** @throws PixelgradError `MODEL_NOT_SAVED`; files that were there are then as they were. */
export async function writeModelFile(
  path: string,
  proto: ModelProto,
  { largest = LARGEST_FILE }: WriteOptions = {},
): Promise<void> {
  const written = new Staged();
  try {
    let pieces = modelPieces(proto);
    if (pieces.bytes > largest) {
      const { model, data } = outside(proto, `${basename(path)}.data`);
      await written.write(`${path}.data`, data);
      pieces = modelPieces(model);
      if (pieces.bytes > largest) throw new Error("it is too large, even without its weights");
    }
    await written.write(path, chunksOf(pieces));
    await written.commit();
  } catch (cause) {
    await written.abandon();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PixelgradError(
      "MODEL_NOT_SAVED",
      `The model could not be written to ${path}: ${reason}.`,
      { path, reason },
      { cause },
    );
  }
}

/** The model with the data of its large initialisers in `location`, and that data. */
function outside(
  proto: ModelProto,
  location: string,
): { readonly model: ModelProto; readonly data: Iterable<Uint8Array> } {
  const graph = proto.graph as GraphProto;
  const data: Uint8Array[] = [];
  let offset = 0;
  const initializer = graph.initializer.map((tensor) => {
    const bytes = rawBytes(tensor);
    if (bytes.length < SMALLEST_OUTSIDE) return tensor;
    const entries = { location, offset: String(offset), length: String(bytes.length) };
    const padding = (ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT;
    data.push(bytes, new Uint8Array(padding));
    offset += bytes.length + padding;
    return edited(withoutData(tensor), {
      externalData: Object.entries(entries).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      ),
      dataLocation: EXTERNAL,
    });
  });
  return { model: edited(proto, { graph: edited<GraphProto>(graph, { initializer }) }), data };
}

/** The data of a tensor as external files hold it; none for tensors that hold it otherwise. */
function rawBytes({ dataType, rawData, floatData, doubleData }: TensorProto): Uint8Array {
  if (rawData.length > 0) return rawData;
  // Packed floats are laid out as raw ones are.
  if (dataType === elementType.float) return floatData;
  return dataType === elementType.float64 ? doubleData : rawData;
}

/** Files under temporary names, which take their real ones together, in the order they were written. */
class Staged {
  readonly #files: { readonly path: string; readonly temporary: string; backup?: string; done?: boolean }[] =
    [];

  async write(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
    const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
    this.#files.push({ path, temporary });
    // Exclusive, so that nobody's link of that name is followed.
    const handle = await open(temporary, "wx");
    try {
      for (const chunk of chunks) await writeWhole(handle, chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Data before the model that names it. The old data steps aside until the model stands. */
  async commit(): Promise<void> {
    for (const [i, file] of this.#files.entries()) {
      if (i < this.#files.length - 1) await this.#stepAside(file);
      await rename(file.temporary, file.path);
      file.done = true;
    }
    for (const { backup } of this.#files) {
      // The new files stand: an old one that cannot be removed is no failure.
      if (backup !== undefined) await rm(backup, { force: true }).catch(() => undefined);
    }
  }

  async abandon(): Promise<void> {
    for (const { path, temporary, backup, done } of this.#files) {
      await rm(temporary, { force: true });
      if (backup !== undefined) await rename(backup, path);
      else if (done) await rm(path, { force: true });
    }
  }

  async #stepAside(file: {
    readonly path: string;
    readonly temporary: string;
    backup?: string;
  }): Promise<void> {
    const backup = `${file.temporary}.old`;
    const old = await lstat(file.path).catch(() => undefined);
    if (old === undefined) return;
    if (!old.isFile()) throw new Error(`${file.path} is in the way`);
    await rename(file.path, backup);
    file.backup = backup;
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, 1 << 30));
    at += bytesWritten;
  }
}
