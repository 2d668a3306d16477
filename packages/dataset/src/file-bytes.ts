/** The whole of a file, or an error that says in plain words why not. */
import { readFile } from "node:fs/promises";
import { PixelgradError } from "@pixelgrad/core";

/**
 * The bytes of `path`, in memory of their own.
 * @param what - what the file should be, for the message: "the image", "the mask".
 * @throws PixelgradError `DATA_FILE_UNREADABLE`.
 */
export async function fileBytes(path: string, what: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const buffer = await readFile(path);
    // Small Buffers may lie inside Node's pool; decoders that use `.buffer` must not see its neighbours.
    if (buffer.byteLength === buffer.buffer.byteLength && buffer.buffer instanceof ArrayBuffer) {
      return new Uint8Array(buffer.buffer);
    }
    return new Uint8Array(buffer);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new PixelgradError(
      "DATA_FILE_UNREADABLE",
      `Expected ${what} at ${path}, but ${reason}. Check the path.`,
      { path, reason },
      { cause },
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "reading or writing it is not permitted",
  EPERM: "reading or writing it is not permitted",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB",
};

/** A file-system error as the second half of a sentence. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return REASONS[code] ?? cause.message;
}
