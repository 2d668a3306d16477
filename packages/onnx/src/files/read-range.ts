/** Bytes of an open file. @module */
import type { FileHandle } from "node:fs/promises";

/** One read of more than 2 GiB is refused by the operating system. */
const LARGEST_READ = 1 << 30;

/** Undefined when the file ends before `length` bytes. */
export async function readRange(
  handle: FileHandle,
  start: number,
  length: number,
): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(buffer, at, Math.min(length - at, LARGEST_READ), start + at);
    if (bytesRead === 0) return undefined;
    at += bytesRead;
  }
  return buffer;
}
