/**
 * Resize and Upsample are linear and separable, Y = A X Bᵀ per channel of an image, whatever their mode:
 *
 *   dX = Aᵀ dY B
 *
 * and so for one axis, or three.
 *
 * @module
 */
import { intsAttribute, stringAttribute } from "../graph/attributes.ts";
import { resizeScales } from "../graph/resize-scales.ts";
import { alongAxis } from "./along-axis.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const resize: Rule = async (context) => {
  const { node, outputGrad, shape, interpolation } = context;
  const from = shape(node.input[0] as string);
  const to = shape(node.output[0] as string);
  if (stringAttribute(node, "coordinate_transformation_mode", "") === "tf_crop_and_resize") {
    throw refusal(node, "it crops, by tf_crop_and_resize");
  }
  // The runtime copies what keeps every size, by any scale.
  if (from.every((size, axis) => size === to[axis])) return [outputGrad];
  const scales = scalesOf(context, from, to);
  const isResized = (axis: number) => from[axis] !== to[axis] || (scales?.[axis] ?? 1) !== 1;
  if (isResized(0) || isResized(1)) {
    throw refusal(node, "it resizes samples or channels, and only the axes after them can be resized");
  }
  let grad = outputGrad;
  const dims = [...to];
  // From the last axis, so that an image takes the product on its right first.
  for (let axis = from.length - 1; axis >= 2; axis--) {
    if (!isResized(axis)) continue;
    const [before, after] = [from[axis] as number, to[axis] as number];
    const matrix = await interpolation(before, after, scales?.[axis]);
    grad = alongAxis(context, grad, dims, axis, { matrix, to: before });
    dims[axis] = before;
  }
  return [grad];
};

/** By axis; undefined where each is the quotient of the sizes. */
function scalesOf(
  { node, numbers }: RuleContext,
  from: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  const given = resizeScales(node, from.length, numbers);
  const policy = stringAttribute(node, "keep_aspect_ratio_policy", "stretch");
  if (given !== undefined || policy === "stretch") return given;
  const sizes = numbers(node.input[3]);
  if (sizes === undefined) throw refusal(node, "its sizes are computed from the image");
  // One scale for all of the axes: the smallest that the sizes ask for, or the largest.
  const axes = intsAttribute(node, "axes", Array.from(from.keys())).map(
    (axis) => (axis + from.length) % from.length,
  );
  const asked = axes.map((axis, i) => (sizes[i] as number) / (from[axis] as number));
  const scale = Math.fround(policy === "not_larger" ? Math.min(...asked) : Math.max(...asked));
  if (axes.some((axis) => Math.floor(Math.fround((from[axis] as number) * scale)) !== to[axis])) {
    throw refusal(node, `with ${policy} it rounds a size up, and so has another scale than its sizes`);
  }
  return from.map((_, axis) => (axes.includes(axis) ? scale : 1));
}
