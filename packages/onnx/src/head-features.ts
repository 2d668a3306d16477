/** The tensors of a model that a head is to stand on. @module */
import { PixelgradError } from "@pixelgrad/core";
import type { CandidateFeature } from "./candidate-features.ts";
import { elementType } from "./graph/element-types.ts";
import { featureLayout } from "./graph/feature-layout.ts";
import type { Wiring } from "./graph/wiring.ts";
import type { HeadWriter, Planes } from "./heads/head-writer.ts";
import { type HeadName, headOf } from "./heads/registry.ts";
import type { KnownValues } from "./runtime/known-values.ts";

/** Larger than that, small things are lost. */
const LARGEST_STRIDE = 16;

/**
 * The features a head takes where the caller names none.
 * @throws PixelgradError `FEATURES_INVALID`.
 */
export function defaultFeatures(name: HeadName, candidates: readonly CandidateFeature[]): string[] {
  const { takes, lowStrides } = headOf(name);
  const strides = candidates.map(({ stride }) => stride);
  const deepest = candidates.findLast(({ stride }) => stride === Math.max(...strides));
  if (takes.length === 1) {
    const last = candidates.findLast(({ stride }) => stride <= LARGEST_STRIDE) ?? deepest;
    if (last !== undefined) return [last.name];
  }
  const low = lowStrides
    .filter((wanted) => wanted < (deepest?.stride ?? 0))
    .map((wanted) => candidates.findLast(({ stride }) => stride === wanted))
    .find((found) => found !== undefined);
  if (takes.length > 1 && low !== undefined && deepest !== undefined) return [low.name, deepest.name];
  const got = candidates.map(({ name, stride }) => `${name} (stride ${stride})`);
  throw new PixelgradError(
    "FEATURES_INVALID",
    `The model offers no ${takes.join(" and ")} for the head ${name}, only ${got.join(", ") || "nothing"}: name the features to use.`,
    { head: name, expected: takes, got },
  );
}

/** @throws PixelgradError `FEATURES_INVALID`. */
export function requireCount(head: HeadName, got: readonly string[]): void {
  const { takes } = headOf(head);
  if (got.length === takes.length) return;
  throw new PixelgradError(
    "FEATURES_INVALID",
    `The head ${head} takes ${takes.length} ${takes.length === 1 ? "feature" : "features, low and high"}; got ${got.join(", ") || "none"}.`,
    { head, expected: takes, got },
  );
}

/** @throws PixelgradError `FEATURES_INVALID`. */
export function requireOrder(head: HeadName, got: readonly string[], features: readonly Planes[]): void {
  const pixels = features.map(({ size }) => size[0] * size[1]);
  if (pixels.every((count, i) => i === 0 || count < (pixels[i - 1] as number))) return;
  const described = features.map(({ size }, i) => `${got[i]} of ${size.join("×")}`);
  throw new PixelgradError(
    "FEATURES_INVALID",
    `The head ${head} takes first the low features, then the high ones, which have fewer pixels; got ${described.join(", then ")}.`,
    { head, expected: headOf(head).takes, got },
  );
}

export interface FeatureSearch {
  readonly name: string;
  readonly wiring: Wiring;
  readonly known: KnownValues;
  readonly size: readonly [number, number];
  readonly write: HeadWriter;
}

/**
 * A feature as float32 planes, transposed and cast where it is none.
 * @throws PixelgradError `TENSOR_NOT_FOUND`, `TENSOR_UNSUPPORTED`.
 */
export function planesOf({ name, wiring, known, size, write }: FeatureSearch): Planes {
  const dims = known.shape(name);
  const type = known.type(name);
  const [samples, a = 0, b = 0, c = 0] = dims;
  if (wiring.isStatic(name)) throw unusable(name, "it does not depend on the image");
  if (dims.length !== 4 || samples !== 1 || (type !== "float32" && type !== "float16")) {
    throw unusable(
      name,
      `it is ${type} [${dims.join(", ")}] for one image, expected float32 or float16 [1, channels, height, width]`,
    );
  }
  const layout = featureLayout(wiring, name, dims, size);
  if (layout === undefined)
    throw unusable(name, `which axes of [${dims.join(", ")}] are height and width is not to be told`);
  const x: Planes =
    layout === "NHWC" ? write.toPlanes({ name }, c, [a, b]) : { name, channels: a, size: [b, c], axis: 2 };
  if (x.size[0] * x.size[1] === 1) throw unusable(name, "it has one pixel alone");
  return type === "float16" ? write.cast(x, elementType.float) : x;
}

function unusable(name: string, reason: string): PixelgradError {
  return new PixelgradError("TENSOR_UNSUPPORTED", `A head cannot be attached to '${name}': ${reason}.`, {
    name,
    reason,
  });
}
