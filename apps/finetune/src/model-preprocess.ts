/** What a model wants done to its images: from its own metadata, or from the dataset. */
import { PixelgradError } from "@pixelgrad/core";
import {
  type Dataset,
  type ImageSpec,
  type PerChannel,
  requirePreprocess,
  type Size,
} from "@pixelgrad/dataset";
import { inspect, type OnnxModel, readModelCard } from "@pixelgrad/onnx";
import "./errors.ts";

/**
 * Size, colour order, mean and std for images of `model`: the dataset's own when it has them, else the model's metadata.
 * @throws PixelgradError `PREPROCESS_MISSING`, `INPUT_SIZE_UNKNOWN`, `METADATA_DAMAGED`.
 */
export function imageSpec(model: OnnxModel, dataset?: Dataset): ImageSpec {
  const { input } = inspect(model);
  const preprocess = dataset?.preprocess ?? cardPreprocess(model);
  if (preprocess === undefined) {
    return {
      ...requirePreprocess(dataset ?? { path: `the metadata of ${model.name}` }),
      ...sizeOf(model, undefined),
      layout: input.layout,
    };
  }
  return { ...preprocess, ...sizeOf(model, preprocess.size), layout: input.layout };
}

type CardPreprocess = Omit<ImageSpec, "layout" | "size"> & { readonly size?: Size };

function cardPreprocess(model: OnnxModel): CardPreprocess | undefined {
  const card = readModelCard(model)?.preprocess;
  if (card === undefined) return undefined;
  const { size, color, mean, std } = card;
  const valid = (color === "rgb" || color === "bgr") && isPerChannel(mean) && isPerChannel(std);
  if (!valid || (size !== undefined && !isSize(size))) {
    throw new PixelgradError(
      "METADATA_DAMAGED",
      `The metadata entry pixelgrad.preprocess of ${model.name} is damaged: give preprocess in a data.yaml.`,
      { key: "pixelgrad.preprocess" },
    );
  }
  return { color, mean, std, ...(size !== undefined && { size }) };
}

/** The model's own fixed size, or the one asked for where it leaves its size open. */
function sizeOf(model: OnnxModel, asked: Size | undefined): { readonly size: Size } {
  const { input } = inspect(model);
  const [height, width] = input.layout === "NCHW" ? input.dims.slice(2) : input.dims.slice(1, 3);
  const size = [fixed(height) ?? asked?.[0], fixed(width) ?? asked?.[1]] as const;
  if (asked !== undefined && (size[0] !== asked[0] || size[1] !== asked[1])) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `${model.name} takes images of ${size.join("×")} pixels (height × width), preprocess.size says ${asked.join("×")}: ` +
        "leave size out, or correct it.",
      { expected: size as Size, got: asked },
    );
  }
  if (size[0] === undefined || size[1] === undefined) {
    throw new PixelgradError(
      "INPUT_SIZE_UNKNOWN",
      `${model.name} leaves its input size open: add size: [height, width] to preprocess in the data.yaml.`,
      { model: model.name },
    );
  }
  return { size: size as Size };
}

function fixed(dim: number | string | undefined): number | undefined {
  return typeof dim === "number" && dim > 0 ? dim : undefined;
}

function isPerChannel(value: unknown): value is PerChannel {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((v) => typeof v === "number" && Number.isFinite(v))
  );
}

function isSize(value: unknown): value is Size {
  return Array.isArray(value) && value.length === 2 && value.every((v) => Number.isInteger(v) && v > 0);
}
