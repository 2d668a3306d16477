/** Files that are either whole or not there. */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PixelgradError } from "@pixelgrad/core";
import { reasonOf } from "./file-bytes.ts";

/**
 * Writes `bytes` to `path` under a temporary name beside it, flushed to disk, then renamed: a reader, or a run
 * that is killed, sees the old file or the new one, never a part. Missing folders are made.
 * @throws PixelgradError `DATA_FILE_UNWRITABLE`; the temporary file is removed.
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    const reason = reasonOf(cause);
    throw new PixelgradError(
      "DATA_FILE_UNWRITABLE",
      `Expected to write ${path}, but ${reason}. Check the folder and its permissions.`,
      { path, reason },
      { cause },
    );
  }
}
