/**
 * Resize and Upsample are linear and separable, Y = A X Bᵀ per channel, whatever their mode:
 *
 *   dX = Aᵀ dY B
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { floatsAttribute, intsAttribute, stringAttribute } from "../graph/attributes.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const resize: Rule = async (context) => {
  const { node, outputGrad, shape, emit, floats, interpolation } = context;
  const from = shape(node.input[0] as string);
  const to = shape(node.output[0] as string);
  const crops = stringAttribute(node, "coordinate_transformation_mode", "") === "tf_crop_and_resize";
  const keepsAspect = stringAttribute(node, "keep_aspect_ratio_policy", "stretch") !== "stretch";
  if (from.length !== 4 || from[0] !== to[0] || from[1] !== to[1] || crops || keepsAspect) {
    throw unsupported(node);
  }
  const scales = scalesOf(context);
  const [, , height, width] = from as [number, number, number, number];
  const [, , outHeight, outWidth] = to as [number, number, number, number];
  const a = await interpolation(height, outHeight, scales?.[2]);
  const b = await interpolation(width, outWidth, scales?.[3]);
  const rows = emit("MatMul", [floats(transposed(a, outHeight, height), [height, outHeight]), outputGrad]);
  return [emit("MatMul", [rows, floats(b, [outWidth, width])])];
};

/** The scale of each of four axes that a node is given; undefined when it is given sizes. */
function scalesOf({ node, numbers }: RuleContext): readonly number[] | undefined {
  const attribute = floatsAttribute(node, "scales");
  if (attribute !== undefined) return attribute;
  const given = numbers(
    node.opType === "Upsample" || node.input.length === 2 ? node.input[1] : node.input[2],
  );
  if (given === undefined || given.length === 0) return undefined;
  const axes = intsAttribute(node, "axes", [0, 1, 2, 3]).map((axis) => (axis + 4) % 4);
  return [0, 1, 2, 3].map((axis) => given[axes.indexOf(axis)] ?? 1);
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[i * columns + j] as number;
  }
  return out;
}

function unsupported({ opType, name }: NodeProto): PixelgradError {
  return new PixelgradError(
    "GRADIENT_UNSUPPORTED",
    `${opType} '${name}' has no gradient rule: only resizing of height and width, without cropping and by given scales or sizes, has one.`,
    { op: opType, node: name },
  );
}
