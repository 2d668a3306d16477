/** Where a tensor says its numbers are, checked as the word of a stranger. @module */
import { byteLength } from "../graph/element-types.ts";
import type { TensorProto } from "../graph/onnx_pb.ts";
import { elementsOf } from "../graph/tensor-size.ts";

export interface ExternalRange {
  readonly location: string;
  /** Of the path below the model's folder. */
  readonly segments: readonly string[];
  readonly offset: number;
  readonly length: number;
}

/** The range, or why it is refused, as a clause. Checksums and entries of other names are not read. */
export function externalRange(tensor: TensorProto): ExternalRange | string {
  const entries = new Map<string, string>();
  for (const { key, value } of tensor.externalData) {
    if (entries.has(key)) return `it has two entries '${key}'`;
    entries.set(key, value);
  }
  const location = entries.get("location") ?? "";
  const segments = segmentsOf(location);
  if (typeof segments === "string") return segments;
  const count = elementsOf(tensor);
  const length = count === undefined ? undefined : byteLength(tensor.dataType, count);
  if (length === undefined) return "it has dims or a type that cannot be kept in another file";
  const offset = wholeNumber(entries.get("offset") ?? "0");
  const stated = wholeNumber(entries.get("length") ?? String(length));
  if (offset === undefined || stated === undefined) return "its offset or length is no whole number";
  if (stated !== length) return `its length is ${stated} bytes, and its dims need ${length}`;
  return { location, segments, offset, length };
}

/** The path below the model's folder; or why it may lead elsewhere. */
function segmentsOf(location: string): string[] | string {
  if (location === "") return "it names no file";
  if (location.includes("\0")) return "its location has a NUL";
  if (location.includes("\\")) return "its location has a backslash; expected / between folders";
  if (location.startsWith("/") || /^[A-Za-z]:/.test(location)) return "its location is absolute";
  // A colon names a hidden stream of a file on Windows; elsewhere exporters do write it.
  if (process.platform === "win32" && location.includes(":")) return "its location has a colon";
  const segments = location.split("/").filter((segment) => segment !== ".");
  if (segments.includes("..")) return "its location leads out of the model's folder";
  if (segments.length === 0 || segments.includes("")) return "its location names no file";
  return segments;
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}
