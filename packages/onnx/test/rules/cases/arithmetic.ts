/** Arithmetic of two or more inputs, broadcast to each other. */
import type { Tensor } from "@pixelgrad/core";
import { node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest } from "./ranked.ts";

const pairs: Readonly<Record<string, readonly [Dims, Dims, number]>> = {
  "of like shapes": [[2, 2, 3, 2], [2, 2, 3, 2], 13],
  "of fewer axes": [[1, 2, 3, 4], [4], 7],
  "to fewer axes": [[2, 1, 1], [1, 2, 3, 4], 14],
  "broadcast both ways": [[3, 1, 4], [2, 1, 5, 1], 9],
  "of a scalar": [[2, 3], [], 18],
  "to a scalar": [[], [2, 3], 11],
  "of two scalars": [[], [], newest],
  "of one number per channel": [[2, 3, 2, 2], [1, 3, 1, 1], newest],
  "of rank 1 with one number": [[4], [1], 8],
  "of rank 5": [[1, 2, 1, 2, 3], [2, 1, 2, 1], 18],
};

type Given = Pick<RuleCase, "range" | "step">;

function binary(op: string, a: Dims, b: Dims, opset: number, given: Given = {}): RuleCase {
  return { nodes: [node(op, ["a", "b"], ["y"])], inputs: { a, b }, opset, ...given };
}

function paired(op: string, given?: Given): Record<string, RuleCase> {
  return Object.fromEntries(
    Object.entries(pairs).map(([title, [a, b, opset]]) => [`${op} ${title}`, binary(op, a, b, opset, given)]),
  );
}

const letters = ["a", "b", "c", "d"];

/** An operator of any number of inputs. */
function several(op: string, shapes: readonly Dims[], opset: number): RuleCase {
  const names = letters.slice(0, shapes.length);
  return {
    nodes: [node(op, names, ["y"])],
    inputs: Object.fromEntries(names.map((name, i) => [name, shapes[i]!])),
    opset,
  };
}

/** The same for maxima: each input is moved, so that none of its numbers is near one of another. */
function apart(op: string, shapes: readonly Dims[], opset: number): RuleCase {
  const names = letters.slice(0, shapes.length);
  return {
    nodes: [
      ...names.map((name, i) => node("Add", [name, `shift${i}`], [`${name}+`])),
      node(
        op,
        names.map((name) => `${name}+`),
        ["y"],
      ),
    ],
    inputs: Object.fromEntries(names.map((name, i) => [name, shapes[i]!])),
    constants: Object.fromEntries(
      names.map((_, i) => [`shift${i}`, { data: Float32Array.of(0.02 * i), dims: [] }]),
    ),
    opset,
    distinct: true,
    step: 0.004,
  };
}

function extrema(op: string): Record<string, RuleCase> {
  return {
    [`${op} of one`]: several(op, [[2, 3]], 8),
    [`${op} of operator set 7, like shapes`]: apart(
      op,
      [
        [2, 3],
        [2, 3],
      ],
      7,
    ),
    [`${op} of two of like shapes`]: apart(
      op,
      [
        [2, 3, 4],
        [2, 3, 4],
      ],
      13,
    ),
    [`${op} broadcast both ways`]: apart(
      op,
      [
        [3, 1, 4],
        [2, 1, 3, 1],
      ],
      8,
    ),
    [`${op} of three, one without dims`]: apart(op, [[2, 3], [], [3]], 12),
    [`${op} of two without dims`]: apart(op, [[], []], newest),
    [`${op} of three of rank 5`]: apart(
      op,
      [
        [1, 2, 1, 2, 3],
        [2, 3],
        [2, 1, 1, 1],
      ],
      18,
    ),
    [`${op} with a constant`]: {
      nodes: [node(op, ["x", "zero"], ["y"])],
      inputs: { x: [2, 3, 4] },
      floats: { zero: [0] },
      kinks: [0],
    },
    [`${op} of one value twice`]: { nodes: [node(op, ["x", "x"], ["y"])], inputs: { x: [2, 3] } },
  };
}

function bools(dims: Dims, pattern: readonly number[]): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  return { data: Uint8Array.from({ length: count }, (_, i) => pattern[i % pattern.length]!), dims };
}

function where(c: Tensor, a: Dims, b: Dims, opset: number): RuleCase {
  return { nodes: [node("Where", ["c", "a", "b"], ["y"])], inputs: { a, b }, constants: { c }, opset };
}

function expand(x: Dims, shape: Dims, opset = 18): RuleCase {
  return { nodes: [node("Expand", ["x", "s"], ["y"])], inputs: { x }, ints: { s: shape }, opset };
}

function twice(op: string): RuleCase {
  return { nodes: [node(op, ["x", "x"], ["y"])], inputs: { x: [2, 3] } };
}

export const arithmeticCases: Readonly<Record<string, RuleCase>> = {
  ...paired("Add"),
  ...paired("Sub"),
  ...paired("Mul"),
  ...paired("Div", { range: { b: [0.5, 2] }, step: 0.05 }),
  "Div by negative numbers": binary("Div", [2, 3], [3], 13, { range: { b: [-2, -0.5] }, step: 0.05 }),
  "Add of one value twice": twice("Add"),
  "Sub of one value twice": twice("Sub"),
  "Mul of one value twice": twice("Mul"),
  "Mul by a constant": {
    nodes: [node("Mul", ["x", "c"], ["y"])],
    inputs: { x: [2, 3] },
    floats: { c: [0.5, -1, 2] },
  },
  "Div of a constant": {
    nodes: [node("Div", ["c", "x"], ["y"])],
    inputs: { x: [2, 3] },
    floats: { c: [0.5, -1, 2] },
    range: { x: [0.5, 2] },
    step: 0.05,
  },
  "Sum of one": several("Sum", [[2, 3]], 13),
  "Sum of three in operator set 7": several(
    "Sum",
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    7,
  ),
  "Sum of four, broadcast": several("Sum", [[2, 3], [3], [], [2, 2, 1]], 8),
  "Sum of one value three times": {
    nodes: [node("Sum", ["x", "x", "x"], ["y"])],
    inputs: { x: [2, 3] },
    opset: newest,
  },
  "Mean of one": several("Mean", [[2, 3]], 13),
  "Mean of three in operator set 7": several(
    "Mean",
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    7,
  ),
  "Mean of four, broadcast": several("Mean", [[2, 3], [3], [], [2, 2, 1]], 8),
  "Mean of rank 5": several(
    "Mean",
    [
      [1, 2, 1, 2, 3],
      [2, 3],
    ],
    newest,
  ),
  "Mean of one value twice": twice("Mean"),
  ...extrema("Max"),
  ...extrema("Min"),
  Where: where(bools([2, 3], [1, 0, 0, 1, 1]), [2, 3], [2, 3], 9),
  "Where broadcast every way": where(bools([4, 1, 1], [1, 0, 0]), [2, 1], [1, 3], 16),
  "Where of a scalar": where(bools([2, 3], [1, 0]), [], [2, 3], 18),
  "Where of scalars": where(bools([2, 2, 3], [1, 0, 0]), [], [], newest),
  "Where of a condition without dims": where(bools([], [1]), [2, 3], [3], 13),
  "Where of rank 5": where(bools([2, 1, 3], [1, 0]), [1, 2, 2, 1, 3], [2, 1, 1], 18),
  "Where of one value twice": {
    nodes: [node("Where", ["c", "x", "x"], ["y"])],
    inputs: { x: [2, 3] },
    constants: { c: bools([3], [1, 0]) },
  },
  "Where of a condition that is computed from what is trained": {
    nodes: [node("Greater", ["x", "zero"], ["c"]), node("Where", ["c", "x", "b"], ["y"])],
    inputs: { x: [2, 3, 4], b: [4] },
    floats: { zero: [0] },
    kinks: [0],
  },
  Expand: expand([1, 3, 1], [2, 3, 4], 8),
  "Expand to more axes": expand([3, 1], [2, 1, 3, 2]),
  "Expand by a shape of fewer axes": expand([2, 1, 3], [4, 1], 13),
  "Expand of a scalar": expand([], [2, 3], newest),
  "Expand to the same shape": expand([2, 3], [2, 3]),
  "Expand to rank 5": expand([2, 1, 1], [1, 2, 2, 3, 2]),
};
