/** Dims of one image in the layout of a model. @module */
import { PixelgradError } from "@pixelgrad/core";
import type { ImageInput } from "./graph/image-input.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";

/**
 * One image of `size`, height and width in pixels; three channels where the file leaves them open.
 * @throws PixelgradError `MODEL_UNSUPPORTED` when the model takes images of another size.
 */
export function imageDims(
  model: OnnxModel,
  { dims, layout, name }: ImageInput,
  [height, width]: readonly [number, number],
): number[] {
  const declared = layout === "NCHW" ? dims[1] : dims[3];
  const channels = typeof declared === "number" ? declared : 3;
  const wanted = layout === "NCHW" ? [1, channels, height, width] : [1, height, width, channels];
  if (wanted.some((d, axis) => typeof dims[axis] === "number" && d !== dims[axis])) {
    const reason = `its input '${name}' is [${dims.join(", ")}], images of ${height}×${width} need [${wanted.join(", ")}]`;
    throw new PixelgradError(
      "MODEL_UNSUPPORTED",
      `${model.name} takes images of another size: ${reason}. Resize the images to the size of the model.`,
      { model: model.name, reason },
    );
  }
  return wanted;
}
