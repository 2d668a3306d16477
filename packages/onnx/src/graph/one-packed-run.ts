/**
 * Numbers of tensors in one packed run each. The format also allows them one by one, or in several runs, and decoders must
 * take both; no exporter of today writes them so. A file that does is written anew in memory before it is decoded.
 *
 * @module
 */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { ModelProtoSchema } from "./onnx_pb.ts";
import { WireCursor } from "./wire-cursor.ts";
import { type MessagePlan, planOf, wire } from "./wire-plan.ts";

/** @param bytes - a file that `surveyWire` has walked. */
export function withOnePackedRun(bytes: Uint8Array, model: string): Uint8Array {
  const writer = new BinaryWriter();
  copyMessage(bytes, new WireCursor(bytes, model), planOf(ModelProtoSchema), bytes.length, writer);
  return writer.finish();
}

/** Recursive: the survey has found the depth to be small. */
function copyMessage(
  bytes: Uint8Array,
  cursor: WireCursor,
  plan: MessagePlan,
  end: number,
  writer: BinaryWriter,
): void {
  const runs = new Map<number, BinaryWriter>();
  while (cursor.at < end) {
    const start = cursor.at;
    const { field, type } = cursor.tag(end);
    const known = plan.get(field);
    let valueStart = cursor.at;
    let valueEnd: number;
    if (type === wire.bytes) {
      valueEnd = cursor.lengthEnd(end);
      valueStart = cursor.at;
    } else {
      cursor.skipNumber(type, end);
      valueEnd = cursor.at;
    }
    if (known?.child !== undefined) {
      writer.tag(field, wire.bytes).fork();
      copyMessage(bytes, cursor, known.child, valueEnd, writer);
      writer.join();
    } else if (known?.kind === "run") {
      const run = runs.get(field) ?? new BinaryWriter();
      runs.set(field, run.raw(bytes.subarray(valueStart, valueEnd)));
    } else writer.raw(bytes.subarray(start, valueEnd));
    cursor.at = valueEnd;
  }
  for (const [field, run] of runs) writer.tag(field, wire.bytes).bytes(run.finish());
}
