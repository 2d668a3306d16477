/**
 * The WebAssembly module: compiled once per thread, instantiated over a memory that several threads may share.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** Addresses are bytes, counts are elements; see assembly/ for what each kernel computes. */
export interface Kernels {
  canonicalLabels(labels: number, n: number, classes: number, ignored: number, ignoredCount: number): number;
  canonicalTargets(targets: number, n: number, ignored: number, ignoredCount: number): number;
  countLabels(labels: number, n: number, weights: number, sums: number): void;
  countTargets(targets: number, stride: number, channels: number, n: number, sums: number): void;
  firstNonFinite(x: number, n: number): number;
  firstOutsideUnit(x: number, n: number): number;
  softmax(
    x: number,
    xStride: number,
    p: number,
    pStride: number,
    m: number,
    r: number,
    a: number,
    channels: number,
    n: number,
  ): void;
  crossEntropyValue(
    x: number,
    xStride: number,
    labels: number,
    m: number,
    r: number,
    weights: number,
    smoothing: number,
    channels: number,
    n: number,
    elements: number,
    sums: number,
  ): void;
  crossEntropyGrad(
    p: number,
    pStride: number,
    labels: number,
    r: number,
    a: number,
    weights: number,
    smoothing: number,
    channels: number,
    n: number,
    scale: number,
    grad: number,
    gradStride: number,
  ): void;
  binaryCrossEntropy(
    x: number,
    targets: number,
    n: number,
    fromLogits: number,
    posWeight: number,
    scale: number,
    elements: number,
    grad: number,
    sums: number,
  ): void;
  focal(
    x: number,
    targets: number,
    n: number,
    fromLogits: number,
    alpha: number,
    gamma: number,
    scale: number,
    elements: number,
    grad: number,
    sums: number,
  ): void;
  overlapOfLabels(p: number, stride: number, labels: number, channels: number, n: number, sums: number): void;
  overlapOfLabelsGrad(
    p: number,
    stride: number,
    labels: number,
    largest: number,
    a: number,
    b: number,
    channels: number,
    n: number,
    grad: number,
    gradStride: number,
  ): void;
  overlapOfTargets(x: number, targets: number, n: number, sums: number): void;
  overlapOfTargetsGrad(x: number, targets: number, n: number, a: number, b: number, grad: number): void;
  addRows(to: number, from: number, n: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** Kernels over `memory`. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  // From src/engine in a unit test and from dist/engine in the package alike.
  compiled ??= new WebAssembly.Module(readFileSync(new URL("../../dist/core.wasm", import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as Kernels;
}
