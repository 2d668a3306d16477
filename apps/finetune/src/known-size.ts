/** The size of a model's images, as far as the model tells. */

import type { Size } from "@pixelgrad/dataset";
import { type ImageInput, type OnnxModel, readModelCard } from "@pixelgrad/onnx";

/** As the model's card has it, or its input. */
export function knownSize(model: OnnxModel, { dims, layout }: ImageInput): Size | undefined {
  const card = readModelCard(model)?.preprocess["size"] as Size | undefined;
  const [, a, b, c] = dims;
  const [height, width] = card ?? (layout === "NCHW" ? [b, c] : [a, b]);
  return typeof height === "number" && typeof width === "number" ? [height, width] : undefined;
}
