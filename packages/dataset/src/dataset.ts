/** A data.yaml and the files it names, as plain data that can be posted to a worker. */
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { PixelgradError } from "@pixelgrad/core";
import { type Binary, parseDataYaml, splitNames } from "./data-yaml.ts";
import { fileBytes } from "./file-bytes.ts";
import { pairSplit, type Sample } from "./pairing.ts";
import type { Color } from "./palette.ts";
import type { Preprocess } from "./preprocess.ts";
import { parseYamlMapping, type YamlMapping } from "./yaml-file.ts";

/** Survives JSON and structured clone: no methods, no undefined. */
export interface Dataset {
  /** The data.yaml. */
  readonly path: string;
  /** The absolute folder that the splits and `masks_dir` are relative to. */
  readonly root: string;
  /** One name per class, in id order. */
  readonly names: readonly string[];
  /** C, 1 to 255. */
  readonly classes: number;
  /** Mask values that become 255, besides 255 itself. */
  readonly ignore: readonly number[];
  /** Present when masks are thresholded instead of holding ids. */
  readonly binary?: Binary;
  /** One colour per class; the PASCAL VOC colours unless data.yaml has its own. */
  readonly palette: readonly Color[];
  readonly preprocess?: Preprocess;
  /** The samples of train, val and test, as far as data.yaml has them. */
  readonly splits: Readonly<Record<string, readonly Sample[]>>;
}

/**
 * Reads a data.yaml and pairs the images and masks of every split. No image or mask is opened. `preprocess` may
 * be missing here; `requirePreprocess` throws for callers that need it.
 * @throws PixelgradError `DATA_FILE_UNREADABLE`, `DATA_YAML_INVALID`, `DATA_KEY_UNKNOWN`,
 *   `DATA_FOLDER_NOT_FOUND`, `SPLIT_EMPTY`, `IMAGE_DUPLICATE`, `MASK_NOT_FOUND`.
 */
export async function loadDataset(path: string): Promise<Dataset> {
  const text = new TextDecoder().decode(await fileBytes(path, "the data.yaml"));
  const yaml = parseYamlMapping(path, text);
  const form = parseDataYaml(yaml);
  const root = resolve(dirname(path), form.path);
  const splits: Record<string, readonly Sample[]> = {};
  for (const name of splitNames) {
    const folder = form.folders[name];
    if (folder === undefined) continue;
    const images = resolve(root, folder);
    const masks = join(resolve(root, form.masksDir), belowFirst(yaml, name, root, images));
    if (isInside(images, masks)) yaml.invalid(name, `a folder that does not hold the masks, ${masks}`);
    splits[name] = await pairSplit(name, images, masks);
  }
  return {
    path,
    root,
    names: form.names,
    classes: form.names.length,
    ignore: form.ignore,
    ...(form.binary && { binary: form.binary }),
    palette: form.palette,
    ...(form.preprocess && { preprocess: form.preprocess }),
    splits,
  };
}

/**
 * The samples of a split.
 * @throws PixelgradError `SPLIT_NOT_FOUND` naming the splits there are.
 */
export function samplesOf(dataset: Dataset, split: string): readonly Sample[] {
  const samples = Object.hasOwn(dataset.splits, split) ? dataset.splits[split] : undefined;
  if (samples) return samples;
  const splits = Object.keys(dataset.splits);
  throw new PixelgradError(
    "SPLIT_NOT_FOUND",
    `Expected one of the splits ${splits.join(", ")} of ${dataset.path}, got "${split}". Add it to data.yaml, or choose another.`,
    { split, splits },
  );
}

/** `images/train` as `train`, `images` as nothing: what a mask folder appends to `masks_dir`. */
function belowFirst(yaml: YamlMapping, split: string, root: string, images: string): string {
  if (!isInside(root, images)) {
    yaml.invalid(split, `a folder inside ${root}, so that its masks can be found under masks_dir`);
  }
  return relative(root, images).split(sep).slice(1).join(sep);
}

/** Whether `path` is `folder` or below it; both absolute. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== ".." && !way.startsWith(`..${sep}`);
}
