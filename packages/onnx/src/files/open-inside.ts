/**
 * A file below a folder, opened so that nothing leads out of it: no link on the way, symbolic or hard, and nothing but a
 * regular file at the end.
 *
 * @module
 */
import { constants, type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";

/** The open file, to be closed by the caller; or why it is refused, as a clause. */
export async function openInside(
  folder: string,
  segments: readonly string[],
): Promise<{ readonly handle: FileHandle; readonly size: number } | string> {
  let handle: FileHandle | undefined;
  try {
    const root = await realpath(folder);
    let path = root;
    for (const segment of segments) {
      path = join(path, segment);
      if ((await lstat(path)).isSymbolicLink()) {
        return `'${segment}' is a symbolic link; put the file itself beside the model`;
      }
    }
    const named = await lstat(path, { bigint: true });
    if (!named.isFile()) return "it is no regular file";
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const info = await handle.stat({ bigint: true });
    // What was looked at and what was opened must be one file, still below the folder: both can change in between.
    const same = info.isFile() && info.dev === named.dev && info.ino === named.ino;
    const reason =
      !same || !isBelow(root, await realpath(path)) ? "it changed while it was opened" : undefined;
    const shared =
      info.nlink > 1n ? "it has more than one name (a hard link); put a copy beside the model" : undefined;
    if (reason === undefined && shared === undefined) {
      const opened = handle;
      handle = undefined;
      return { handle: opened, size: Number(info.size) };
    }
    return (reason ?? shared) as string;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR"
      ? "there is no such file"
      : `it cannot be opened (${code})`;
  } finally {
    await handle?.close();
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
