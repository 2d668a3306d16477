/** Numbers of tensors that are in files beside the model. @module */
import { constants } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { PixelgradError } from "@pixelgrad/core";
import { tensorsOf } from "../graph/check-tensors.ts";
import { quoted } from "../graph/damaged.ts";
import type { ModelProto, TensorProto } from "../graph/onnx_pb.ts";
import { EXTERNAL } from "../graph/tensor-size.ts";
import { type ExternalRange, externalRange } from "./external-location.ts";
import { openInside } from "./open-inside.ts";
import { readRange } from "./read-range.ts";

/** A tensor and where its numbers are. */
interface Outside {
  readonly tensor: TensorProto;
  readonly range: ExternalRange;
}

/** The first tensor whose numbers are in another file. */
export function firstExternal(proto: ModelProto): TensorProto | undefined {
  for (const tensor of tensorsOf(proto)) if (tensor.dataLocation === EXTERNAL) return tensor;
  return undefined;
}

/**
 * Takes the numbers into the message, which must be nobody else's yet. They are read at once, because a model is used whole
 * and a file that changes later must not change it; a range is read once however many tensors share it.
 * @throws PixelgradError `EXTERNAL_DATA_REFUSED` naming tensor and location, before anything is read of a file whose
 *   location or ranges are wrong.
 */
export async function readExternalData(proto: ModelProto, path: string): Promise<void> {
  const byLocation = new Map<string, Outside[]>();
  for (const tensor of tensorsOf(proto)) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    const range = externalRange(tensor);
    if (typeof range === "string") throw refused(path, tensor, range);
    const known = byLocation.get(range.location);
    if (known === undefined) byLocation.set(range.location, [{ tensor, range }]);
    else known.push({ tensor, range });
  }
  for (const outside of byLocation.values()) {
    const [first] = outside as [Outside, ...Outside[]];
    const opened = await openInside(dirname(path), first.range.segments);
    if (typeof opened === "string") throw refused(path, first.tensor, opened);
    try {
      for (const { tensor, range } of outside) {
        if (range.offset + range.length <= opened.size) continue;
        throw refused(
          path,
          tensor,
          `bytes ${range.offset} to ${range.offset + range.length} of a file of ${opened.size}`,
        );
      }
      await readAll(opened.handle, outside, path);
    } finally {
      await opened.handle.close();
    }
  }
}

/** Ranges that overlap are read as one, so that no more is read than the file has. */
async function readAll(handle: FileHandle, outside: readonly Outside[], path: string): Promise<void> {
  const inOrder = [...outside].sort((a, b) => a.range.offset - b.range.offset);
  let from = 0;
  while (from < inOrder.length) {
    const { tensor, range } = inOrder[from] as Outside;
    let end = range.offset + range.length;
    let to = from + 1;
    for (; to < inOrder.length; to++) {
      const next = (inOrder[to] as Outside).range;
      if (next.offset >= end) break;
      end = Math.max(end, next.offset + next.length);
    }
    const length = end - range.offset;
    if (length > constants.MAX_LENGTH)
      throw refused(path, tensor, `${length} bytes are more than one array holds`);
    const bytes = await readRange(handle, range.offset, length);
    if (bytes === undefined) throw refused(path, tensor, "the file became shorter while it was read");
    for (const { tensor, range: own } of inOrder.slice(from, to)) {
      const start = own.offset - range.offset;
      takeInside(tensor, bytes.subarray(start, start + own.length));
    }
    from = to;
  }
}

function takeInside(tensor: TensorProto, bytes: Uint8Array): void {
  tensor.rawData = bytes;
  tensor.externalData = [];
  Reflect.deleteProperty(tensor, "dataLocation");
}

/** Why the numbers of a tensor are not read from where it says. */
export function refused(model: string, tensor: TensorProto, reason: string): PixelgradError {
  const location = tensor.externalData.find(({ key }) => key === "location")?.value ?? "";
  return new PixelgradError(
    "EXTERNAL_DATA_REFUSED",
    `${model}: the data of tensor ${quoted(tensor.name)} in ${quoted(location)} is refused: ${reason}.`,
    { model, tensor: tensor.name, location, reason },
  );
}
