/** Resize and Upsample. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

const linear = (mode: string): Attributes => ({ mode: "linear", coordinate_transformation_mode: mode });
const odd = [1, 2, 5, 7];

/** By scales when they are floats' names, else by sizes. */
function resize(x: Dims, target: { scales: Dims } | { sizes: Dims }, attributes: Attributes): RuleCase {
  return "scales" in target
    ? {
        nodes: [node("Resize", ["x", "", "s"], ["y"], attributes)],
        inputs: { x },
        floats: { s: target.scales },
      }
    : {
        nodes: [node("Resize", ["x", "", "", "s"], ["y"], attributes)],
        inputs: { x },
        ints: { s: target.sizes },
      };
}

export const resizeCases: Readonly<Record<string, RuleCase>> = {
  "Resize linear half_pixel x2": resize([1, 2, 3, 4], { scales: [1, 1, 2, 2] }, linear("half_pixel")),
  "Resize linear half_pixel x1.7": resize(odd, { scales: [1, 1, 1.7, 2.3] }, linear("half_pixel")),
  "Resize linear half_pixel to odd sizes": resize(
    [1, 2, 4, 3],
    { sizes: [1, 2, 9, 11] },
    linear("half_pixel"),
  ),
  "Resize linear align_corners": resize(odd, { sizes: [1, 2, 9, 13] }, linear("align_corners")),
  "Resize linear asymmetric": resize([1, 2, 3, 4], { scales: [1, 1, 3, 2] }, linear("asymmetric")),
  "Resize linear pytorch_half_pixel": resize(odd, { sizes: [1, 2, 11, 1] }, linear("pytorch_half_pixel")),
  "Resize linear down": resize([1, 1, 9, 7], { sizes: [1, 1, 4, 3] }, linear("half_pixel")),
  "Resize linear down antialiased": resize(
    [1, 1, 9, 7],
    { sizes: [1, 1, 4, 3] },
    { ...linear("half_pixel"), antialias: 1 },
  ),
  "Resize nearest floor": resize(
    [1, 2, 3, 4],
    { scales: [1, 1, 2, 3] },
    { mode: "nearest", nearest_mode: "floor", coordinate_transformation_mode: "asymmetric" },
  ),
  "Resize nearest half_pixel down": resize(odd, { sizes: [1, 2, 3, 4] }, { mode: "nearest" }),
  "Resize cubic": resize(
    [1, 1, 4, 5],
    { sizes: [1, 1, 9, 8] },
    { mode: "cubic", cubic_coeff_a: { float: -0.75 } },
  ),
  "Resize linear down antialiased, without what lies outside": resize(
    [1, 1, 9, 7],
    { sizes: [1, 1, 4, 3] },
    { ...linear("half_pixel"), antialias: 1, exclude_outside: 1 },
  ),
  "Resize linear half_pixel_symmetric": {
    ...resize(odd, { scales: [1, 1, 1.7, 0.6] }, linear("half_pixel_symmetric")),
    opset: 19,
  },
  "Resize nearest round_prefer_ceil": resize(
    odd,
    { sizes: [1, 2, 8, 11] },
    { mode: "nearest", nearest_mode: "round_prefer_ceil" },
  ),
  "Resize nearest ceil": resize(
    odd,
    { sizes: [1, 2, 8, 4] },
    { mode: "nearest", nearest_mode: "ceil", coordinate_transformation_mode: "align_corners" },
  ),
  "Resize cubic align_corners": resize(
    [1, 1, 4, 5],
    { sizes: [1, 1, 9, 8] },
    { mode: "cubic", coordinate_transformation_mode: "align_corners" },
  ),
  "Resize cubic of another coefficient, without what lies outside": resize(
    [1, 1, 4, 5],
    { scales: [1, 1, 1.7, 2.3] },
    { mode: "cubic", cubic_coeff_a: { float: -0.5 }, exclude_outside: 1 },
  ),
  "Resize cubic down antialiased": resize(
    [1, 1, 9, 8],
    { sizes: [1, 1, 4, 5] },
    { mode: "cubic", antialias: 1 },
  ),
  "Resize linear over given axes": {
    nodes: [node("Resize", ["x", "", "", "s"], ["y"], { ...linear("half_pixel"), axes: [2, 3] })],
    inputs: { x: odd },
    ints: { s: [8, 9] },
  },
  "Resize linear by scales over given axes": {
    nodes: [node("Resize", ["x", "", "s"], ["y"], { ...linear("half_pixel"), axes: [3, 2] })],
    inputs: { x: odd },
    floats: { s: [1.7, 2.5] },
  },
  "Resize of operator set 10": {
    nodes: [node("Resize", ["x", "s"], ["y"], { mode: "linear" })],
    inputs: { x: odd },
    floats: { s: [1, 1, 2, 3] },
    opset: 10,
  },
  "Upsample of operator set 9": {
    nodes: [node("Upsample", ["x", "s"], ["y"], { mode: "linear" })],
    inputs: { x: odd },
    floats: { s: [1, 1, 2, 1.5] },
    opset: 9,
  },
  "Upsample of operator set 9, nearest": {
    nodes: [node("Upsample", ["x", "s"], ["y"], { mode: "nearest" })],
    inputs: { x: odd },
    floats: { s: [1, 1, 2, 3] },
    opset: 9,
  },

  "Upsample of operator set 7, scales as an attribute": {
    nodes: [node("Upsample", ["x"], ["y"], { mode: "linear", scales: { floats: [1, 1, 2, 3] } })],
    inputs: { x: odd },
    opset: 7,
  },
  "Resize of two samples": resize([2, 2, 5, 7], { sizes: [2, 2, 9, 11] }, linear("half_pixel")),
  "Resize of height alone": resize(odd, { scales: [1, 1, 2, 1] }, linear("half_pixel")),
  "Resize by a scale that keeps every size": resize(odd, { scales: [1, 1, 1.1, 1.1] }, linear("asymmetric")),
  "Resize by a scale that keeps the height": resize(odd, { scales: [1, 1, 1.1, 2] }, linear("asymmetric")),
  "Resize to the same size": resize(odd, { sizes: odd }, linear("half_pixel")),
  "Resize of one axis": resize([2, 2, 5], { sizes: [2, 2, 9] }, linear("half_pixel")),
  "Resize of one axis by a scale, nearest": resize([2, 2, 5], { scales: [1, 1, 1.7] }, { mode: "nearest" }),
  "Resize of three axes": resize([2, 2, 3, 4, 3], { sizes: [2, 2, 5, 3, 4] }, linear("half_pixel")),
  "Resize of three axes by scales, nearest": resize(
    [1, 2, 2, 3, 3],
    { scales: [1, 1, 2, 1.5, 2] },
    { mode: "nearest" },
  ),
  "Resize not_larger": {
    nodes: [
      node("Resize", ["x", "", "", "s"], ["y"], {
        ...linear("half_pixel"),
        axes: [2, 3],
        keep_aspect_ratio_policy: "not_larger",
      }),
    ],
    inputs: { x: [1, 2, 4, 6] },
    ints: { s: [6, 14] },
  },
  "Resize not_smaller, of given axes in another order": {
    nodes: [
      node("Resize", ["x", "", "", "s"], ["y"], {
        ...linear("align_corners"),
        axes: [3, 2],
        keep_aspect_ratio_policy: "not_smaller",
      }),
    ],
    inputs: { x: [1, 2, 4, 6] },
    ints: { s: [12, 7] },
  },
};
