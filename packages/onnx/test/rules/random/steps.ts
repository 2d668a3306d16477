/** What a random graph is made of: each step writes one smooth node where some value suits it, and none elsewhere. */
import { elementCount } from "@pixelgrad/core";
import type { Dims } from "../rule-case.ts";
import { type GraphWriter, sameDims, type Value } from "./graph-writer.ts";

type Step = (graph: GraphWriter) => void;

/** Larger values are not made larger still. */
const LARGE = 200;

const small = ({ dims }: Value): boolean => elementCount(dims) <= LARGE;
const rank =
  (...ranks: readonly number[]) =>
  (value: Value): boolean =>
    ranks.includes(value.dims.length) && small(value);

function elementwise(graph: GraphWriter): void {
  const x = graph.value()!;
  graph.write(graph.pick(["Sigmoid", "Tanh", "Softplus", "Erf", "Neg"]), [x], x.dims);
}

/** Of two values of like dims, of one with itself, or of one with a weight that has fewer axes or axes of 1. */
function binary(graph: GraphWriter): void {
  const op = graph.pick(["Add", "Sub", "Mul"]);
  const a = graph.value()!;
  if (graph.chance(0.5)) {
    graph.write(op, [a, graph.value(({ dims }) => sameDims(dims, a.dims))!], a.dims);
    return;
  }
  const fewer = a.dims.slice(graph.whole(0, a.dims.length)).map((d) => (graph.chance(0.3) ? 1 : d));
  const b = graph.weight(fewer);
  graph.write(op, graph.chance(0.5) ? [a, b] : [b, a], a.dims);
}

/** Of a column and a row: both are broadcast. */
function outer(graph: GraphWriter): void {
  const a = graph.value((value) => value.dims.at(-1) === 1 && small(value));
  if (a === undefined) return;
  const n = graph.whole(2, 3);
  graph.write(graph.pick(["Add", "Mul"]), [a, graph.weight([n])], [...a.dims.slice(0, -1), n]);
}

function sum(graph: GraphWriter): void {
  const a = graph.value()!;
  const like = () => graph.value(({ dims }) => sameDims(dims, a.dims))!;
  graph.write("Sum", [a, like(), like()], a.dims);
}

function conv(graph: GraphWriter): void {
  const x = graph.value(
    ({ dims }) => rank(4)({ name: "", dims }) && dims[0] === 1 && dims[2]! > 2 && dims[3]! > 2,
  );
  if (x === undefined) return;
  const [n, c, height, width] = x.dims as [number, number, number, number];
  const [kernel, stride] = [graph.pick([1, 3]), graph.whole(1, 2)];
  const depthwise = graph.chance(0.3);
  const out = depthwise ? c : graph.whole(1, 4);
  const size = (d: number) => Math.floor((d - 1) / stride) + 1;
  const weights = [graph.weight([out, depthwise ? 1 : c, kernel, kernel])];
  if (graph.chance(0.5)) weights.push(graph.weight([out]));
  graph.write("Conv", [x, ...weights], [n, out, size(height), size(width)], {
    strides: [stride, stride],
    pads: [1, 1, 1, 1].map((pad) => (kernel === 1 ? 0 : pad)),
    group: depthwise ? c : 1,
  });
}

function matmul(graph: GraphWriter): void {
  const a = graph.value(rank(2, 3, 4));
  if (a === undefined) return;
  const n = graph.whole(1, 4);
  const batch = graph.chance(0.5) ? [] : a.dims.slice(0, -2);
  graph.write("MatMul", [a, graph.weight([...batch, a.dims.at(-1)!, n])], [...a.dims.slice(0, -1), n]);
}

/** Twice through one square matrix, as in a recurrent layer. */
function recurrence(graph: GraphWriter): void {
  const x = graph.value(rank(2, 3, 4));
  if (x === undefined) return;
  const last = x.dims.at(-1)!;
  const square = graph.weight([last, last]);
  const once = graph.write("MatMul", [x, square], x.dims);
  graph.write("MatMul", [graph.write("Tanh", [once], x.dims), square], x.dims);
}

function gemm(graph: GraphWriter): void {
  const a = graph.value(rank(2));
  if (a === undefined) return;
  const [m, k] = a.dims as [number, number];
  const n = graph.whole(1, 4);
  graph.write("Gemm", [a, graph.weight([n, k]), graph.weight([n])], [m, n], { transB: 1 });
}

function transpose(graph: GraphWriter): void {
  const x = graph.value(rank(2, 3, 4));
  if (x === undefined) return;
  const perm = x.dims.map((_, axis) => axis);
  for (let i = perm.length - 1; i > 0; i--) {
    const j = graph.whole(0, i);
    [perm[i], perm[j]] = [perm[j]!, perm[i]!];
  }
  graph.write(
    "Transpose",
    [x],
    perm.map((axis) => x.dims[axis]!),
    { perm },
  );
}

/** Makes one axis of two. */
function reshape(graph: GraphWriter): void {
  const x = graph.value(rank(3, 4));
  if (x === undefined) return;
  const at = graph.whole(0, x.dims.length - 2);
  const dims = x.dims.toSpliced(at, 2, x.dims[at]! * x.dims[at + 1]!);
  graph.write("Reshape", [x, graph.ints(dims)], dims);
}

function concat(graph: GraphWriter): void {
  const a = graph.value(rank(1, 2, 3, 4));
  if (a === undefined) return;
  const axis = graph.whole(0, a.dims.length - 1);
  const others = (dims: Dims) => dims.toSpliced(axis, 1);
  const b = graph.value(
    (value) =>
      value.dims.length === a.dims.length && small(value) && sameDims(others(value.dims), others(a.dims)),
  )!;
  graph.write("Concat", [a, b], a.dims.toSpliced(axis, 1, a.dims[axis]! + b.dims[axis]!), { axis });
}

function split(graph: GraphWriter): void {
  const x = graph.value(({ dims }) => dims.some((d) => d > 1));
  if (x === undefined) return;
  const axis = x.dims.findIndex((d) => d > 1);
  const [d, first] = [x.dims[axis]!, graph.whole(1, x.dims[axis]! - 1)];
  const parts = [first, d - first];
  graph.write(
    "Split",
    [x, graph.ints(parts)],
    parts.map((part) => x.dims.toSpliced(axis, 1, part)),
    { axis },
  );
}

function slice(graph: GraphWriter): void {
  const x = graph.value(({ dims }) => (dims.at(-1) ?? 0) > 2);
  if (x === undefined) return;
  const last = x.dims.at(-1)!;
  const bounds = [[1], [last], [-1]].map((list) => graph.ints(list));
  graph.write("Slice", [x, ...bounds], x.dims.toSpliced(-1, 1, last - 1));
}

function softmax(graph: GraphWriter): void {
  const x = graph.value(({ dims }) => dims.length > 0)!;
  if (x === undefined) return;
  graph.write("Softmax", [x], x.dims, { axis: graph.whole(0, x.dims.length - 1) });
}

function reduceMean(graph: GraphWriter): void {
  const x = graph.value(({ dims }) => dims.length > 1);
  if (x === undefined) return;
  const axis = graph.whole(0, x.dims.length - 1);
  const kept = graph.chance(0.5);
  graph.write("ReduceMean", [x, graph.ints([axis])], x.dims.toSpliced(axis, 1, ...(kept ? [1] : [])), {
    keepdims: kept ? 1 : 0,
  });
}

function globalAveragePool(graph: GraphWriter): void {
  const x = graph.value(({ dims }) => dims.length === 4);
  if (x === undefined) return;
  graph.write("GlobalAveragePool", [x], [...x.dims.slice(0, 2), 1, 1]);
}

function resize(graph: GraphWriter): void {
  const x = graph.value(({ dims }) => dims.length === 4 && elementCount(dims) < LARGE / 2);
  if (x === undefined) return;
  const [n, c, height, width] = x.dims as [number, number, number, number];
  const to = [n, c, height + 1, 2 * width];
  graph.write("Resize", [x, "", "", graph.ints(to)], to, { mode: "linear" });
}

/** Those listed twice are chosen twice as often. */
const steps: readonly Step[] = [
  binary,
  binary,
  concat,
  conv,
  conv,
  elementwise,
  gemm,
  globalAveragePool,
  matmul,
  outer,
  recurrence,
  reduceMean,
  reshape,
  resize,
  slice,
  softmax,
  split,
  sum,
  transpose,
];

/** One step, of those that some value suits. */
export function takeStep(graph: GraphWriter): void {
  const before = graph.nodeCount;
  while (graph.nodeCount === before) graph.pick(steps)(graph);
}
