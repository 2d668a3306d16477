/**
 * Resize and Upsample are linear and separable, Y = A X Bᵀ per channel, whatever their mode:
 *
 *   dX = Aᵀ dY B
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { stringAttribute } from "../graph/attributes.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";
import { transposed } from "../graph/resize-matrices.ts";
import { resizeScales } from "../graph/resize-scales.ts";
import type { Rule } from "./rule.ts";

export const resize: Rule = async ({ node, outputGrad, shape, numbers, emit, floats, interpolation }) => {
  const from = shape(node.input[0] as string);
  const to = shape(node.output[0] as string);
  const crops = stringAttribute(node, "coordinate_transformation_mode", "") === "tf_crop_and_resize";
  const keepsAspect = stringAttribute(node, "keep_aspect_ratio_policy", "stretch") !== "stretch";
  if (from.length !== 4 || from[0] !== to[0] || from[1] !== to[1] || crops || keepsAspect) {
    throw unsupported(node);
  }
  const scales = resizeScales(node, numbers);
  const [, , height, width] = from as [number, number, number, number];
  const [, , outHeight, outWidth] = to as [number, number, number, number];
  const a = await interpolation(height, outHeight, scales?.[2]);
  const b = await interpolation(width, outWidth, scales?.[3]);
  const rows = emit("MatMul", [floats(transposed(a, outHeight, height), [height, outHeight]), outputGrad]);
  return [emit("MatMul", [rows, floats(b, [outWidth, width])])];
};

function unsupported({ opType, name }: NodeProto): PixelgradError {
  return new PixelgradError(
    "GRADIENT_UNSUPPORTED",
    `${opType} '${name}' has no gradient rule: only resizing of height and width, without cropping and by given scales or sizes, has one.`,
    { op: opType, node: name },
  );
}
