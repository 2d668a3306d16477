/** The forms of binary-forms.ts, each an export of its own: as branches of one function the optimizer folds them. */
import {
  EXP_FOCAL, LINEAR_FOCAL, LOGIT_FOCAL, PENALTY, POLY, QUALITY, row, SIDED, SPLIT_FOCAL,
} from "./binary-forms";

export function sidedOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(SIDED, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function sidedOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(SIDED, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function polyOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(POLY, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function polyOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(POLY, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function qualityOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(QUALITY, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function qualityOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(QUALITY, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function penaltyOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(PENALTY, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function penaltyOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(PENALTY, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function linearFocalOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(LINEAR_FOCAL, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function linearFocalOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(LINEAR_FOCAL, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function expFocalOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(EXP_FOCAL, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function expFocalOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(EXP_FOCAL, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function logitFocalOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(LOGIT_FOCAL, false, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function splitFocalOfLogits(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(SPLIT_FOCAL, true, x, targets, n, args, scale, elements, grad, adds, sums);
}

export function splitFocalOfProbabilities(
  x: usize, targets: usize, n: i32, args: usize, scale: f32, elements: usize, grad: usize, adds: bool, sums: usize,
): void {
  row(SPLIT_FOCAL, false, x, targets, n, args, scale, elements, grad, adds, sums);
}
