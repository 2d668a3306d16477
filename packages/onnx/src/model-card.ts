/**
 * What a deployed model knows of itself: class names, palette and preprocessing, in `pixelgrad.*` metadata.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import type { OnnxModel } from "./graph/onnx-model.ts";

/** The form of the entries; a reader of an unknown form must not guess. */
const VERSION = "1";

export interface ModelCard {
  /** One per class, in id order. */
  readonly names: readonly string[];
  /** One `[red, green, blue]` per class, 0 to 255. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** What is done to an image before the model sees it, as JSON. */
  readonly preprocess: Readonly<Record<string, unknown>>;
}

export function writeModelCard(model: OnnxModel, { names, palette, preprocess }: ModelCard): OnnxModel {
  return model.withMetadata({
    "pixelgrad.version": VERSION,
    "pixelgrad.names": JSON.stringify(names),
    "pixelgrad.palette": JSON.stringify(palette),
    "pixelgrad.preprocess": JSON.stringify(preprocess),
  });
}

/**
 * The card of a model; undefined when it has none.
 * @throws PixelgradError `METADATA_DAMAGED`.
 */
export function readModelCard(model: OnnxModel): ModelCard | undefined {
  const { metadata } = model;
  if (!metadata.has("pixelgrad.version")) return undefined;
  if (metadata.get("pixelgrad.version") !== VERSION) throw damaged("pixelgrad.version");
  const names = parse(metadata, "pixelgrad.names");
  const palette = parse(metadata, "pixelgrad.palette");
  const preprocess = parse(metadata, "pixelgrad.preprocess");
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
    throw damaged("pixelgrad.names");
  if (!Array.isArray(palette) || !palette.every(isColour)) throw damaged("pixelgrad.palette");
  if (typeof preprocess !== "object" || preprocess === null) throw damaged("pixelgrad.preprocess");
  return { names, palette, preprocess: preprocess as Readonly<Record<string, unknown>> };
}

function parse(metadata: ReadonlyMap<string, string>, key: string): unknown {
  try {
    return JSON.parse(metadata.get(key) ?? "");
  } catch {
    throw damaged(key);
  }
}

function isColour(value: unknown): value is readonly [number, number, number] {
  return (
    Array.isArray(value) && value.length === 3 && value.every((v) => Number.isInteger(v) && v >= 0 && v < 256)
  );
}

function damaged(key: string): PixelgradError {
  return new PixelgradError(
    "METADATA_DAMAGED",
    `The model's metadata entry ${key} is missing or damaged: fine-tune again, or write it anew.`,
    { key },
  );
}
