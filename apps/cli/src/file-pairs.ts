/** Which mask belongs to which logits: the one whose path below its pattern's folder has the same stem. */
import { stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { PixelgradError } from "@pixelgrad/core";
import { glob } from "tinyglobby";

/** Logits and mask of one name: the path below the patterns' folders, with `/`, without extension. */
export interface FilePair {
  readonly stem: string;
  readonly logits: string;
  readonly mask: string;
}

/**
 * The pairs of two patterns, in the order of their stems' UTF-16 code units, which no locale changes.
 * @throws PixelgradError `FILES_NOT_FOUND`, `FILE_TYPE_UNSUPPORTED`, `FILE_DUPLICATE`, `FILE_PARTNER_MISSING`.
 */
export async function pairFiles(logitsPattern: string, maskPattern: string): Promise<FilePair[]> {
  const logits = await filesByStem("logits", logitsPattern, [".npy"]);
  const masks = await filesByStem("masks", maskPattern, [".png", ".npy"]);
  checkPartners(logits, masks, "mask", maskPattern);
  checkPartners(masks, logits, "logits", logitsPattern);
  return [...logits.keys()]
    .sort()
    .map((stem) => ({ stem, logits: logits.get(stem)!, mask: masks.get(stem)! }));
}

async function filesByStem(
  what: string,
  pattern: string,
  extensions: readonly string[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [below, path] of await matches(pattern)) {
    const extension = extname(below);
    if (!extensions.includes(extension.toLowerCase())) {
      throw new PixelgradError(
        "FILE_TYPE_UNSUPPORTED",
        `Expected ${extensions.join(" or ")} files as ${what}, got ${path}. Narrow the pattern '${pattern}', or convert the file.`,
        { path },
      );
    }
    const stem = below.slice(0, below.length - extension.length);
    const first = files.get(stem);
    if (first !== undefined) {
      throw new PixelgradError(
        "FILE_DUPLICATE",
        `Expected one file of each name as ${what}, but ${first} and ${path} share the name '${stem}'. Narrow the pattern '${pattern}'.`,
        { first, second: path },
      );
    }
    files.set(stem, path);
  }
  return files;
}

/** `[path below the pattern's folder, path]` of each file, sorted; a file that exists is not read as a pattern. */
async function matches(pattern: string): Promise<(readonly [below: string, path: string])[]> {
  const literal = await stat(pattern).catch(() => undefined);
  if (literal?.isFile()) return [[basename(pattern), pattern]];
  const folder = folderOf(pattern);
  const below = pattern.slice(folder.length).replace(/^\/+/, "");
  const files = await glob(below, { cwd: folder || ".", expandDirectories: false });
  if (files.length > 0) return files.sort().map((file) => [file, join(folder, file)]);
  throw new PixelgradError(
    "FILES_NOT_FOUND",
    `Expected files that match '${pattern}', and there is none${literal ? ": it is a folder, add /*" : ""}. Check the path, from ${folder || "the current folder"} on.`,
    { pattern },
  );
}

/** What stands before the first part with a wildcard: `pred/val/` of `pred/val/*.npy`. */
function folderOf(pattern: string): string {
  const wildcard = pattern.search(/[*?[\]{}()!+@]/);
  const folder =
    wildcard < 0 ? `${dirname(pattern)}/` : pattern.slice(0, pattern.lastIndexOf("/", wildcard) + 1);
  return folder === "./" && !pattern.startsWith("./") ? "" : folder;
}

function checkPartners(
  files: ReadonlyMap<string, string>,
  partners: ReadonlyMap<string, string>,
  missing: string,
  pattern: string,
): void {
  const alone = [...files].filter(([stem]) => !partners.has(stem));
  const [first] = alone;
  if (first === undefined) return;
  const [stem, path] = first;
  throw new PixelgradError(
    "FILE_PARTNER_MISSING",
    `Expected ${missing} of the name '${stem}' for ${path} among the files that match '${pattern}', and there is none; ` +
      `${alone.length} of ${files.size} files have no partner. Add what is missing, or narrow the patterns.`,
    { path, count: alone.length },
  );
}
