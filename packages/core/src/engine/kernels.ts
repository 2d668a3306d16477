/**
 * The WebAssembly module: compiled once per thread, instantiated over a memory that several threads may share.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { compileKernels } from "./compile-kernels.ts";
import type { CostKernels } from "./cost-kernels.ts";
import type { FieldKernels } from "./field-kernels.ts";
import type { PixelKernels } from "./pixel-kernels.ts";

/** Addresses are bytes, counts are elements, truth is 1; see assembly/ for what each kernel computes. */
export interface Kernels extends CostKernels, FieldKernels, PixelKernels {
  widenLabels(from: number, type: number, n: number, to: number): void;
  canonicalByteLabels(
    from: number,
    n: number,
    padded: number,
    to: number,
    classes: number,
    ignored: number,
    ignoredCount: number,
    lenient: number,
  ): number;
  canonicalLabels(
    labels: number,
    n: number,
    padded: number,
    classes: number,
    ignored: number,
    ignoredCount: number,
    lenient: number,
  ): number;
  firstBadLabel(labels: number, n: number, classes: number, ignored: number, ignoredCount: number): number;
  widenTargets(from: number, type: number, step: number, n: number, to: number): void;
  canonicalTargets(
    from: number,
    to: number,
    n: number,
    padded: number,
    ignored: number,
    ignoredCount: number,
  ): number;
  firstBadTarget(targets: number, n: number, ignored: number, ignoredCount: number): number;
  countTargets(targets: number, stride: number, channels: number, n: number, sums: number): void;
  anyNonFinite(x: number, stride: number, rows: number, n: number): number;
  anyOutsideUnit(x: number, stride: number, rows: number, n: number): number;
  firstNonFinite(x: number, n: number): number;
  firstOutsideUnit(x: number, n: number): number;
  softmax(
    x: number,
    xStride: number,
    e: number,
    eStride: number,
    m: number,
    r: number,
    channels: number,
    n: number,
    soon: number,
    soonStride: number,
    later: number,
    laterStride: number,
  ): number;
  keptSoftmax(
    x: number,
    xStride: number,
    e: number,
    eStride: number,
    m: number,
    r: number,
    channels: number,
    n: number,
    soon: number,
    soonStride: number,
    kept: number,
    keptStride: number,
  ): number;
  recallSoftmax(
    from: number,
    fromStride: number,
    e: number,
    eStride: number,
    r: number,
    channels: number,
    n: number,
  ): void;
  plainCrossEntropy(
    x: number,
    xStride: number,
    e: number,
    eStride: number,
    labels: number,
    r: number,
    channels: number,
    n: number,
    scale: number,
    elements: number,
    grad: number,
    gradStride: number,
    adds: number,
    own: number,
    factor: number,
    sums: number,
  ): void;
  crossEntropyOfLogits(
    x: number,
    xStride: number,
    labels: number,
    channels: number,
    n: number,
    readable: number,
    scale: number,
    grad: number,
    gradStride: number,
    e: number,
    eStride: number,
    m: number,
    r: number,
    own: number,
    factor: number,
    sums: number,
  ): number;
  crossEntropy(
    x: number,
    xStride: number,
    e: number,
    eStride: number,
    labels: number,
    r: number,
    weights: number,
    smoothing: number,
    channels: number,
    n: number,
    scale: number,
    elements: number,
    grad: number,
    gradStride: number,
    adds: number,
    own: number,
    factor: number,
    pull: number,
    sums: number,
  ): void;
  binaryCrossEntropy(
    x: number,
    targets: number,
    n: number,
    scale: number,
    elements: number,
    grad: number,
    adds: number,
    sums: number,
  ): void;
  hardBinaryCrossEntropy(
    x: number,
    targets: number,
    n: number,
    scale: number,
    grad: number,
    adds: number,
    own: number,
    sum: number,
  ): number;
  hardSquareFocal(
    x: number,
    targets: number,
    n: number,
    alpha: number,
    scale: number,
    grad: number,
    adds: number,
    own: number,
    sum: number,
  ): number;
  weightedBinaryCrossEntropy(
    x: number,
    targets: number,
    n: number,
    posWeight: number,
    scale: number,
    elements: number,
    grad: number,
    adds: number,
    sums: number,
  ): void;
  binaryCrossEntropyOfProbabilities(
    x: number,
    targets: number,
    n: number,
    posWeight: number,
    scale: number,
    elements: number,
    grad: number,
    adds: number,
    sums: number,
  ): void;
  squareFocal(
    x: number,
    targets: number,
    n: number,
    alpha: number,
    scale: number,
    elements: number,
    grad: number,
    adds: number,
    sums: number,
  ): void;
  focal(
    x: number,
    targets: number,
    n: number,
    alpha: number,
    gamma: number,
    scale: number,
    elements: number,
    grad: number,
    adds: number,
    sums: number,
  ): void;
  focalOfProbabilities(
    x: number,
    targets: number,
    n: number,
    alpha: number,
    gamma: number,
    scale: number,
    elements: number,
    grad: number,
    adds: number,
    sums: number,
  ): void;
  overlapOfLabels(
    e: number,
    eStride: number,
    labels: number,
    r: number,
    channels: number,
    n: number,
    to: number,
    toStride: number,
    sums: number,
    inverse: number,
    pairs: number,
  ): void;
  overlapOfLabelsGrad(
    from: number,
    fromStride: number,
    labels: number,
    r: number,
    a: number,
    b: number,
    channels: number,
    n: number,
    grad: number,
    gradStride: number,
    adds: number,
    column: number,
  ): void;
  overlapOfLogits(
    x: number,
    xStride: number,
    labels: number,
    channels: number,
    n: number,
    readable: number,
    to: number,
    toStride: number,
    sums: number,
    e: number,
    eStride: number,
    m: number,
    inverse: number,
    work: number,
  ): number;
  overlapAndCrossEntropyGrad(
    x: number,
    xStride: number,
    from: number,
    fromStride: number,
    labels: number,
    r: number,
    a: number,
    b: number,
    channels: number,
    n: number,
    scale: number,
    grad: number,
    gradStride: number,
    adds: number,
    column: number,
    sums: number,
  ): void;
  overlapOfTargets(x: number, targets: number, n: number, sums: number): void;
  overlapOfTargetsGrad(
    x: number,
    targets: number,
    n: number,
    a: number,
    b: number,
    grad: number,
    adds: number,
  ): void;
  copyRows(from: number, fromStride: number, to: number, toStride: number, rows: number, n: number): void;
  rowsOfPixels(from: number, to: number, toStride: number, channels: number, n: number): void;
  pixelsOfRows(from: number, fromStride: number, to: number, channels: number, n: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** Kernels over `memory`. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  // From src/engine in a unit test and from dist/engine in the package alike.
  compiled ??= compileKernels(readFileSync(new URL("../../dist/core.wasm", import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as Kernels;
}
