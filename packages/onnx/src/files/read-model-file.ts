/** The bytes of a model file. @module */
import { constants, open } from "node:fs/promises";
import { PixelgradError } from "@pixelgrad/core";
import { LARGEST_FILE, tooLarge } from "./model-limit.ts";
import { readRange } from "./read-range.ts";

/** @throws PixelgradError `MODEL_NOT_FOUND` when there is no such file, `MODEL_TOO_LARGE` from 2 GiB on. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    // Non-blocking, because opening a named pipe would wait for its writer.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const info = await handle.stat();
      if (!info.isFile()) throw new Error("it is no regular file");
      if (info.size > LARGEST_FILE)
        throw tooLarge(path, info.size, "save it with its weights as external data");
      const bytes = await readRange(handle, 0, info.size);
      if (bytes === undefined) throw new Error("it became shorter while it was read");
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof PixelgradError) throw cause;
    throw new PixelgradError(
      "MODEL_NOT_FOUND",
      `There is no readable model file at ${path}.`,
      { path },
      { cause },
    );
  }
}
