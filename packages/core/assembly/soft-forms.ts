/** The forms of soft-targets.ts, each an export of its own: as branches of one function the optimizer folds them. */
import { CROSS_ENTROPY, FOCAL, GENERALIZED, POLY, SYMMETRIC } from "./class-forms";
import { LOG_PROBABILITIES, LOGITS, PROBABILITIES, softTargets } from "./soft-targets";

/**
 * `sums[0] += sum of losses`; `elements` is written unless 0. `grad`, unless 0, takes `scale` times the gradient; with
 * `adds` it is added. `args` are as class-forms.ts says; `work` is scratch of a row per channel. `e` and `r` are those of
 * the softmax of `x`, and only read for logits.
 */
export function crossEntropySoftOfLogits(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    CROSS_ENTROPY, LOGITS, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function crossEntropySoftOfProbabilities(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    CROSS_ENTROPY, PROBABILITIES, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function crossEntropySoftOfLogProbabilities(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    CROSS_ENTROPY, LOG_PROBABILITIES, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function polySoftOfLogits(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    POLY, LOGITS, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function polySoftOfProbabilities(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    POLY, PROBABILITIES, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function symmetricSoftOfLogits(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    SYMMETRIC, LOGITS, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function symmetricSoftOfProbabilities(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    SYMMETRIC, PROBABILITIES, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function generalizedSoftOfLogits(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    GENERALIZED, LOGITS, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function generalizedSoftOfProbabilities(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    GENERALIZED, PROBABILITIES, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function focalSoftOfLogits(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    FOCAL, LOGITS, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}

export function focalSoftOfProbabilities(
  x: usize, xStride: i32, e: usize, eStride: i32, r: usize, targets: usize, tStride: i32, args: usize, channels: i32,
  n: i32, scale: f32, elements: usize, grad: usize, gradStride: i32, adds: bool, work: usize, workStride: i32,
  sums: usize,
): void {
  softTargets(
    FOCAL, PROBABILITIES, x, xStride, e, eStride, r, targets, tStride, args, channels, n, scale, elements, grad,
    gradStride, adds, work, workStride, sums,
  );
}
