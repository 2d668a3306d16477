/** Slice. */
import { node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

const { MAX_SAFE_INTEGER: END } = Number;

function slice(x: Dims, starts: Dims, ends: Dims, axes?: Dims, steps?: Dims, opset = 18): RuleCase {
  const inputs = [
    "x",
    "starts",
    "ends",
    ...(axes || steps ? [axes ? "axes" : ""] : []),
    ...(steps ? ["steps"] : []),
  ];
  return {
    nodes: [node("Slice", inputs, ["y"])],
    inputs: { x },
    ints: { starts, ends, ...(axes && { axes }), ...(steps && { steps }) },
    opset,
  };
}

export const sliceCases: Readonly<Record<string, RuleCase>> = {
  Slice: slice([2, 5, 6], [1, 2], [4, 6], [1, 2]),
  "Slice without axes": slice([3, 5, 6], [1, 2], [3, 4]),
  "Slice of everything": slice([2, 3], [0], [END], [1]),
  "Slice from the end": slice([2, 5, 6], [-3, -4], [-1, END], [-2, -1]),
  "Slice beyond the ends": slice([2, 5], [-100], [100], [1]),
  "Slice of one place": slice([2, 5, 3], [-1], [END], [1]),
  "Slice step 2": slice([2, 7, 6], [0, 1], [END, END], [1, 2], [2, 2]),
  "Slice step 2 on even sizes": slice([2, 6, 6], [0, 1], [END, END], [1, 2], [2, 2]),
  "Slice step 3 inside": slice([2, 11], [1], [9], [1], [3]),
  "Slice with a step larger than the axis": slice([2, 4, 3], [1], [END], [1], [9]),
  "Slice step -1": slice([2, 5, 3], [-1], [-END], [1], [-1]),
  "Slice step -1 inside": slice([2, 7], [5], [1], [1], [-1]),
  "Slice step -2": slice([3, 8], [-1], [-END], [1], [-2]),
  "Slice step -3 beyond the end": slice([3, 8], [100], [0], [1], [-3]),
  "Slice of several steps": slice([5, 6, 7], [4, 1, 6], [-END, 5, 0], [0, 1, 2], [-2, 1, -3]),
  "Slice with steps and without axes": slice([5, 6], [4, 1], [0, 6], undefined, [-1, 2]),
  "Slice of an image, focus": {
    nodes: [
      node("Slice", ["x", "zero", "end", "rows", "two"], ["a"]),
      node("Slice", ["x", "one", "end", "columns", "two"], ["b"]),
      node("Slice", ["b", "zero", "end", "rows", "two"], ["c"]),
      node("Slice", ["a", "zero", "end", "columns", "two"], ["d"]),
      node("Concat", ["c", "d"], ["y"], { axis: 1 }),
    ],
    inputs: { x: [2, 2, 4, 6] },
    ints: { zero: [0], one: [1], two: [2], end: [END], rows: [2], columns: [3] },
  },
  "Slice of operator set 7": {
    nodes: [node("Slice", ["x"], ["y"], { starts: [1, -2], ends: [4, 100], axes: [1, 2] })],
    inputs: { x: [2, 5, 6] },
    opset: 7,
  },
  "Slice of operator set 9 without axes": {
    nodes: [node("Slice", ["x"], ["y"], { starts: [0, 2], ends: [2, -1] })],
    inputs: { x: [3, 5, 2] },
    opset: 9,
  },
  "Slice of operator set 10": slice([2, 5, 6], [4, 0], [-END, END], [1, 2], [-2, 4], 10),
  "Slice of operator set 11": slice([2, 5, 6], [-4], [END], [-1], undefined, 11),
  "Slice of operator set 26": slice([2, 5, 6], [4, 0], [-END, END], [1, 2], [-2, 4], 26),
};
