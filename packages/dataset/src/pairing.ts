/**
 * Which mask belongs to which image: the mask has the image's stem and its sub-folder below the first
 * component, so images/train/a/b.jpg goes with masks/train/a/b.png.
 *
 * @module
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { PixelgradError } from "@pixelgrad/core";

/** An image, its mask, and the name both share: the path below the split's folder, with `/`, without extension. */
export interface Sample {
  readonly image: string;
  readonly mask: string;
  readonly stem: string;
}

const IMAGE_EXTENSIONS = [".png", ".jpg", ".jpeg"];
const MASK_EXTENSIONS = [".png"];

/**
 * The samples of one split, in the order of their stems' UTF-16 code units, which no locale changes. Masks
 * without an image are left out.
 * @throws PixelgradError `DATA_FOLDER_NOT_FOUND`, `SPLIT_EMPTY`, `IMAGE_DUPLICATE`, `MASK_NOT_FOUND`.
 */
export async function pairSplit(split: string, images: string, masks: string): Promise<Sample[]> {
  const imageFiles = await filesBelow(images, split, IMAGE_EXTENSIONS);
  if (imageFiles.length === 0) {
    throw new PixelgradError(
      "SPLIT_EMPTY",
      `Expected PNG or JPEG images in ${images} (split "${split}"), and there is none. Check the folder in data.yaml.`,
      { split, path: images },
    );
  }
  const maskOf = new Map(
    (await filesBelow(masks, split, MASK_EXTENSIONS)).map((file) => [stemOf(file), file]),
  );
  const imageOf = new Map<string, string>();
  const samples: Sample[] = [];
  const missing: string[] = [];
  for (const file of imageFiles) {
    const stem = stemOf(file);
    const image = join(images, file);
    const first = imageOf.get(stem);
    if (first !== undefined) {
      throw new PixelgradError(
        "IMAGE_DUPLICATE",
        `Expected one image for each mask, but ${first} and ${image} share the name "${stem}". Rename or remove one.`,
        { first, second: image },
      );
    }
    imageOf.set(stem, image);
    const mask = maskOf.get(stem);
    if (mask === undefined) missing.push(stem);
    else samples.push({ image, mask: join(masks, mask), stem });
  }
  const firstMissing = missing[0];
  if (firstMissing !== undefined) {
    const image = imageOf.get(firstMissing)!;
    const mask = join(masks, `${firstMissing}.png`);
    throw new PixelgradError(
      "MASK_NOT_FOUND",
      `Expected a mask for each of the ${imageFiles.length} images of split "${split}", but ${missing.length} have none. The first is ${image}: ${mask} does not exist. Add the masks, or remove the images.`,
      { image, mask, count: missing.length, images: imageFiles.length },
    );
  }
  return samples;
}

/**
 * The image files below a folder (PNG or JPEG by extension), as full paths sorted like {@link pairSplit}; for
 * prediction, where there are no masks. Empty when there is none.
 * @throws PixelgradError `DATA_FOLDER_NOT_FOUND`.
 */
export async function listImages(
  folder: string,
): Promise<{ readonly image: string; readonly stem: string }[]> {
  const files = await filesBelow(folder, "images", IMAGE_EXTENSIONS);
  return files.map((file) => ({ image: join(folder, file), stem: stemOf(file) }));
}

/** `a/b.x.png` as `a/b.x`. */
function stemOf(file: string): string {
  return file.slice(0, file.length - extname(file).length);
}

/** Paths relative to `folder`, with `/`, of the files with one of `extensions` in any case, sorted by stem. */
async function filesBelow(folder: string, split: string, extensions: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  await collect(folder, "", new Set());
  return files.sort((a, b) => compare(stemOf(a), stemOf(b)) || compare(a, b));

  async function collect(path: string, prefix: string, above: ReadonlySet<string>): Promise<void> {
    const here = await realpath(path).catch((cause: unknown) => notFound(cause));
    // A link to a folder above it would never end.
    if (above.has(here)) return;
    const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => notFound(cause));
    for (const entry of entries) {
      // Also ._name.png and .Trash-1000, which macOS and file managers leave behind.
      if (entry.name.startsWith(".")) continue;
      const full = join(path, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(full).catch(() => undefined) : entry;
      if (kind?.isDirectory()) await collect(full, `${prefix}${entry.name}/`, new Set(above).add(here));
      else if (kind?.isFile() && extensions.includes(extname(entry.name).toLowerCase())) {
        files.push(prefix + entry.name);
      }
    }
  }

  function notFound(cause: unknown): never {
    throw new PixelgradError(
      "DATA_FOLDER_NOT_FOUND",
      `Expected a readable folder at ${folder} (split "${split}"). Check the paths in data.yaml: a mask folder is masks_dir and the image folder's path below its first component.`,
      { path: folder, split },
      { cause },
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
