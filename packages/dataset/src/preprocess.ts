/** What is done to an image before a model sees it. */
import { PixelgradError } from "@pixelgrad/core";
import type { YamlMapping } from "./yaml-file.ts";

/** `[height, width]`, in pixels. */
export type Size = readonly [height: number, width: number];

/** Three numbers, one per channel, in the order of `color`. */
export type PerChannel = readonly [number, number, number];

/** Channel `c` of the model's input is `(x[c] - mean[c]) / std[c]`, with `x` in 0..255. */
export interface Preprocess {
  /** The model's input, `[height, width]`; absent when it is to be read off the model. */
  readonly size?: Size;
  /** The channel order of the model's input, and of `mean` and `std`. */
  readonly color: "rgb" | "bgr";
  /** On the 0-255 scale. */
  readonly mean: PerChannel;
  /** On the 0-255 scale, each above 0. */
  readonly std: PerChannel;
}

/** The forms most published models use, for messages and for a wizard. */
export const usualPreprocess: readonly {
  readonly used: string;
  readonly mean: PerChannel;
  readonly std: PerChannel;
}[] = [
  {
    used: "ImageNet (torchvision, smp, mmsegmentation)",
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
  },
  { used: "-1..1 (TensorFlow, DeepLab)", mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  { used: "0..1", mean: [0, 0, 0], std: [255, 255, 255] },
];

/** Larger sides than this are a mistake in the file: one float32 image would take 3 GiB. */
const MAX_SIDE = 16384;

/**
 * The `preprocess` mapping of a data.yaml; `color` defaults to rgb.
 * @throws PixelgradError `DATA_KEY_UNKNOWN`, `DATA_YAML_INVALID`.
 */
export function parsePreprocess(yaml: YamlMapping): Preprocess {
  yaml.checkKeys(["size", "color", "mean", "std"]);
  const color = yaml.entries.get("color") ?? "rgb";
  if (color !== "rgb" && color !== "bgr") yaml.invalid("color", '"rgb" or "bgr"');
  const mean = yaml.entries.get("mean");
  if (!isPerChannel(mean)) yaml.invalid("mean", "three numbers on the 0-255 scale, one per channel");
  const std = yaml.entries.get("std");
  if (!isPerChannel(std) || std.some((value) => value <= 0)) {
    yaml.invalid("std", "three numbers above 0 on the 0-255 scale, one per channel");
  }
  const size = yaml.entries.get("size");
  if (size === undefined) return { color, mean, std };
  if (!isSize(size)) yaml.invalid("size", `[height, width] in pixels, each 1 to ${MAX_SIDE}`);
  return { size, color, mean, std };
}

/**
 * The `preprocess` of a dataset, for callers that cannot take it from a model.
 * @throws PixelgradError `PREPROCESS_MISSING`; the message holds the usual ones, ready to paste.
 */
export function requirePreprocess(dataset: {
  readonly path: string;
  readonly preprocess?: Preprocess;
}): Preprocess {
  if (dataset.preprocess) return dataset.preprocess;
  const usual = usualPreprocess
    .map(
      ({ used, mean, std }) =>
        `  preprocess: { mean: [${mean.join(", ")}], std: [${std.join(", ")}] }  # ${used}`,
    )
    .join("\n");
  throw new PixelgradError(
    "PREPROCESS_MISSING",
    `Expected "preprocess" in ${dataset.path}: mean and std on the 0-255 scale, as the model was trained. Add one of the usual ones (and color: bgr if the model takes BGR):\n${usual}`,
    { path: dataset.path },
  );
}

/** Whether `value` is three finite numbers. */
export function isPerChannel(value: unknown): value is PerChannel {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((x) => typeof x === "number" && Number.isFinite(x))
  );
}

/** Whether `value` is a height and a width this package reads. */
export function isSize(value: unknown): value is Size {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((n) => Number.isInteger(n) && n >= 1 && n <= MAX_SIDE)
  );
}
