/** The form of data.yaml: which keys it has, what each may hold, and what a missing one means. */
import { type Color, defaultPalette, isColor } from "./palette.ts";
import { type Preprocess, parsePreprocess } from "./preprocess.ts";
import type { YamlMapping } from "./yaml-file.ts";

/** The folder splits a data.yaml can have. */
export const splitNames = ["train", "val", "test"] as const;
export type SplitName = (typeof splitNames)[number];

/** How grey or colour masks become classes 0 and 1: a value of at least `threshold` (0-255 scale) is 1. */
export interface Binary {
  readonly threshold: number;
}

/** A data.yaml as written, with defaults filled in; paths are not resolved. */
export interface DataYaml {
  readonly path: string;
  /** Image folders, relative to `path`, in the order train, val, test. */
  readonly folders: Readonly<Partial<Record<SplitName, string>>>;
  readonly masksDir: string;
  readonly names: readonly string[];
  readonly ignore: readonly number[];
  readonly binary?: Binary;
  readonly palette: readonly Color[];
  readonly preprocess?: Preprocess;
}

const KEYS = ["path", ...splitNames, "masks_dir", "names", "ignore", "binary", "palette", "preprocess"];

/** Masks are written as uint8 with 255 for "ignored", so that ids end at 254. */
const MAX_CLASSES = 255;

/** The largest value a 16-bit mask holds. */
const MAX_MASK_VALUE = 65535;

/**
 * Checks every key of a data.yaml.
 * @throws PixelgradError `DATA_KEY_UNKNOWN`, `DATA_YAML_INVALID`.
 */
export function parseDataYaml(yaml: YamlMapping): DataYaml {
  yaml.checkKeys(KEYS);
  const binary = parseBinary(yaml);
  const names = parseNames(yaml, binary);
  const preprocess = yaml.entries.has("preprocess") ? parsePreprocess(yaml.nested("preprocess")) : undefined;
  return {
    path: folder(yaml, "path") ?? ".",
    folders: parseFolders(yaml),
    masksDir: folder(yaml, "masks_dir") ?? "masks",
    names,
    ignore: parseIgnore(yaml, binary),
    ...(binary && { binary }),
    palette: parsePalette(yaml, names.length),
    ...(preprocess && { preprocess }),
  };
}

function parseFolders(yaml: YamlMapping): Partial<Record<SplitName, string>> {
  const folders: Partial<Record<SplitName, string>> = {};
  for (const name of splitNames) {
    const path = folder(yaml, name);
    if (path !== undefined) folders[name] = path;
  }
  if (Object.keys(folders).length === 0) yaml.invalid("train", "a folder of images, such as images/train");
  return folders;
}

function folder(yaml: YamlMapping, key: string): string | undefined {
  if (!yaml.entries.has(key)) return undefined;
  const value = yaml.entries.get(key);
  if (typeof value !== "string" || value === "" || value.includes("\0"))
    yaml.invalid(key, "the path of one folder");
  return value;
}

function parseNames(yaml: YamlMapping, binary: Binary | undefined): string[] {
  if (!yaml.entries.has("names") && binary) return ["background", "foreground"];
  const value = yaml.entries.get("names");
  if (value === undefined) yaml.invalid("names", "the class names: a list, or a mapping from id to name");
  const names = Array.isArray(value) ? listedNames(yaml, value) : mappedNames(yaml.nested("names"));
  if (names.length < 1 || names.length > MAX_CLASSES) yaml.invalid("names", `1 to ${MAX_CLASSES} classes`);
  if (binary && names.length !== 2)
    yaml.invalid("names", 'two classes, because "binary" makes classes 0 and 1');
  const repeated = names.find((name, id) => names.indexOf(name) !== id);
  if (repeated !== undefined)
    yaml.invalid("names", `different for each class ("${repeated}" is there twice)`);
  return names;
}

function listedNames(yaml: YamlMapping, list: readonly unknown[]): string[] {
  return list.map((name) => nameText(name) ?? yaml.invalid("names", "a list of class names"));
}

/** `{ 0: Sky, 1: Building }`, in any order, with no id left out. */
function mappedNames(yaml: YamlMapping): string[] {
  const ids = [...yaml.entries.keys()];
  const wrong = ids.find((id) => !/^(0|[1-9]\d*)$/.test(id));
  if (wrong !== undefined) yaml.invalid(wrong, "a class id, a whole number from 0");
  return Array.from({ length: ids.length }, (_, id) => {
    const key = String(id);
    if (!yaml.entries.has(key)) {
      yaml.invalid(
        key,
        `a class name: the ids of ${ids.length} classes are 0 to ${ids.length - 1}, none left out`,
      );
    }
    return nameText(yaml.entries.get(key)) ?? yaml.invalid(key, "a class name");
  });
}

/** YAML reads `0: no` or `1: 404` as a boolean or a number; as a class name they are text. */
function nameText(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function parseIgnore(yaml: YamlMapping, binary: Binary | undefined): number[] {
  const value = yaml.entries.get("ignore") ?? [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (binary && list.length > 0) yaml.invalid("ignore", 'absent, because "binary" ignores nothing by value');
  return list.map((id) => {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > MAX_MASK_VALUE) {
      yaml.invalid("ignore", `a list of mask values, each 0 to ${MAX_MASK_VALUE}`);
    }
    return id;
  });
}

function parseBinary(yaml: YamlMapping): Binary | undefined {
  if (!yaml.entries.has("binary")) return undefined;
  const binary: YamlMapping = yaml.nested("binary");
  binary.checkKeys(["threshold"]);
  const threshold = binary.entries.get("threshold");
  // At 0 every pixel, above 255 no pixel would be class 1.
  if (typeof threshold !== "number" || !(threshold > 0 && threshold <= 255)) {
    binary.invalid("threshold", "a number above 0 and at most 255");
  }
  return { threshold };
}

function parsePalette(yaml: YamlMapping, classes: number): readonly Color[] {
  if (!yaml.entries.has("palette")) return defaultPalette(classes);
  const palette = yaml.entries.get("palette");
  if (!Array.isArray(palette) || palette.length !== classes || !palette.every(isColor)) {
    yaml.invalid("palette", `a list of ${classes} colours [red, green, blue], each 0 to 255, one per class`);
  }
  return palette;
}
