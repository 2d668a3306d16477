/** Elementary functions of one input, powers, and changes of number format. */
import { elementType, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";
import { newest, ranked } from "./ranked.ts";

const smooth = { step: 0.05 };
const positive = [0.5, 2] as const;
/** Between steps of Floor, Ceil and Round. */
const steps = { kinks: [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2], range: [-1.9, 1.9] } as const;

function pow(x: Dims, e: Dims, opset = 18): RuleCase {
  return {
    nodes: [node("Pow", ["x", "e"], ["y"])],
    inputs: { x, e },
    range: { x: positive, e: [-2, 3] },
    opset,
    ...smooth,
  };
}

function powOf(
  exponent: number,
  range: readonly [number, number],
  opset = 18,
  x: Dims = [2, 3, 4],
): RuleCase {
  return {
    nodes: [node("Pow", ["x", "e"], ["y"])],
    inputs: { x },
    constants: { e: { data: Float32Array.of(exponent), dims: [] } },
    range: { x: range },
    opset,
    ...smooth,
  };
}

function through(...formats: readonly number[]): RuleCase {
  const names = ["x", ...formats.map((_, i) => (i === formats.length - 1 ? "y" : `h${i}`))];
  return {
    nodes: formats.map((to, i) => node("Cast", [names[i]!], [names[i + 1]!], { to })),
    inputs: { x: [2, 3] },
  };
}

export const functionsCases: Readonly<Record<string, RuleCase>> = {
  ...ranked("Neg"),
  ...ranked("Abs", { kinks: [0] }),
  ...ranked("Exp", smooth),
  ...ranked("Log", { ...smooth, range: positive }),
  ...ranked("Sqrt", { ...smooth, range: positive }),
  ...ranked("Reciprocal", { ...smooth, range: positive }),
  ...ranked("Reciprocal of negative numbers", { ...smooth, range: [-2, -0.5] }),
  ...ranked("Sin", smooth),
  ...ranked("Cos", smooth),
  ...ranked("Erf", { ...smooth, since: 9 }),
  ...ranked("Floor", steps),
  ...ranked("Ceil", steps),
  ...ranked("Round", { ...steps, since: 11 }),
  ...ranked("Sign", { kinks: [0], since: 9 }),
  Pow: pow([2, 3], [2, 3]),
  "Pow of one trained exponent": pow([2, 3, 4], []),
  "Pow of one trained base": pow([1], [2, 3], 13),
  "Pow broadcast both ways": pow([2, 1, 3], [4, 1], 7),
  "Pow of rank 0": pow([], [], newest),
  "Pow of rank 5": pow([1, 2, 1, 2, 2], [2, 1], 15),
  "Pow of 2": powOf(2, [-2, 2]),
  "Pow of 2 in operator set 7": powOf(2, [-2, 2], 7, [2, 3]),
  "Pow of 3 with negative bases": powOf(3, [-2, 2], 13),
  "Pow of 1": powOf(1, [-2, 2]),
  "Pow of 0": powOf(0, [-2, 2]),
  "Pow of 0.5": powOf(0.5, positive, 9),
  "Pow of -1": powOf(-1, positive, newest),
  "Pow of whole numbers as int64, one of them 0": {
    nodes: [node("Pow", ["x", "e"], ["y"])],
    inputs: { x: [2, 3] },
    constants: { e: { data: BigInt64Array.of(2n, 0n, 3n), dims: [3] } },
    range: { x: [-1, 1] },
    opset: 13,
    ...smooth,
  },
  "Pow of one value by itself": {
    nodes: [node("Pow", ["x", "x"], ["y"])],
    inputs: { x: [2, 3] },
    range: { x: positive },
    ...smooth,
  },
  "Cast to float32": through(elementType.float),
  "Cast around a product in float64": {
    nodes: [
      node("Cast", ["x"], ["wide"], { to: elementType.float64 }),
      node("Mul", ["wide", "wide"], ["square"]),
      node("Cast", ["square"], ["y"], { to: elementType.float }),
    ],
    inputs: { x: [2, 3] },
    opset: 13,
  },
  "Cast to float64 and back": through(elementType.float64, elementType.float),
};
