/** What a model wants done to its images. */
import { PixelgradError } from "@pixelgrad/core";
import { type ImageSpec, isPerChannel, isSize, type Preprocess, type Size } from "@pixelgrad/dataset";
import { type Inspection, imageInput, type OnnxModel, readModelCard } from "@pixelgrad/onnx";
import "./errors.ts";

/**
 * How images are read for `model`: `preprocess`, with the model's own size and layout.
 * @throws PixelgradError `SHAPE_MISMATCH` when both have a size and they differ, `INPUT_SIZE_UNKNOWN` when neither has.
 */
export function imageSpec(model: OnnxModel, preprocess: Preprocess): ImageSpec {
  const input = imageInput(model);
  return { ...preprocess, size: sizeOf(model.name, input, preprocess.size), layout: input.layout };
}

/**
 * The preprocessing in a model's metadata; undefined when it has none.
 * @throws PixelgradError `METADATA_DAMAGED`.
 */
export function modelPreprocess(model: OnnxModel): Preprocess | undefined {
  const card = readModelCard(model)?.preprocess;
  if (card === undefined) return undefined;
  const { size, color, mean, std } = card;
  const valid = (color === "rgb" || color === "bgr") && isPerChannel(mean) && isPerChannel(std);
  if (!valid || (size !== undefined && !isSize(size))) {
    throw new PixelgradError(
      "METADATA_DAMAGED",
      `The metadata entry pixelgrad.preprocess of ${model.name} is damaged: fine-tune the model again.`,
      { key: "pixelgrad.preprocess" },
    );
  }
  return { color, mean, std, ...(size !== undefined && { size }) };
}

/** The model's own fixed size, or the one asked for where it leaves its size open. */
function sizeOf(model: string, input: Inspection["input"], asked: Size | undefined): Size {
  const [height, width] = input.layout === "NCHW" ? input.dims.slice(2) : input.dims.slice(1, 3);
  const size = [fixed(height) ?? asked?.[0], fixed(width) ?? asked?.[1]] as const;
  if (asked !== undefined && (size[0] !== asked[0] || size[1] !== asked[1])) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `${model} takes images of ${size.join("×")} pixels (height × width), preprocess.size says ${asked.join("×")}: ` +
        "leave size out, or correct it.",
      { expected: size as Size, got: asked },
    );
  }
  if (size[0] === undefined || size[1] === undefined) {
    throw new PixelgradError(
      "INPUT_SIZE_UNKNOWN",
      `${model} leaves its input size open: add size: [height, width] to preprocess in the data.yaml.`,
      { model },
    );
  }
  return size as Size;
}

function fixed(dim: number | string | undefined): number | undefined {
  return typeof dim === "number" && dim > 0 ? dim : undefined;
}
