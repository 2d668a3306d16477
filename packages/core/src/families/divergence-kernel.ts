/** Divergences on the kernels: student and teacher as rows of a distribution, compared, chained (assembly/divergence.ts). @module */
import type { DivergenceKernel, FormKernels } from "../engine/form-kernels.ts";
import type { SimdTile } from "../engine/tile.ts";
import type { Term } from "../term.ts";
import type { SoftmaxKernel } from "./softmax-pixel.ts";

export type DivergenceName = {
  [K in keyof FormKernels]: FormKernels[K] extends DivergenceKernel
    ? K extends `${infer Name}ByLog`
      ? Name
      : never
    : never;
}[keyof FormKernels];

export interface DivergenceForm {
  readonly name: DivergenceName;
  readonly input: Term["input"];
  readonly temperature: number;
  /** What the loss is multiplied by. */
  readonly factor: number;
  /** The least probability; 0 for no clamp. */
  readonly least: number;
  /** Whether each class counts the mass that a distribution has over the other. */
  readonly counted: boolean;
  /** How often the mass of the teacher over that of the student is added, for a dense target and for a teacher. */
  readonly massOfTarget: number;
  readonly massOfTeacher: number;
  /** What to throw for labels without a teacher. */
  withoutTeacher(): Error;
}

/** Scratch rows of a distribution: 2 C, then l and u. */
interface Distribution {
  readonly rows: number;
  readonly l: number;
  readonly u: number;
}

export function divergenceKernel(form: DivergenceForm): SoftmaxKernel {
  const { name, input, temperature, factor, least, counted } = form;
  const fromLogits = input === "logits";
  const compare = input === "probabilities" ? (`${name}ByProbability` as const) : (`${name}ByLog` as const);
  return {
    targets: ["labels", "dense"],
    second(tile, coefficients, sums) {
      const { kernels, stride, classes, count, x, xStride, elements, grad, gradStride, adds, work } = tile;
      const mask = tile.row(0);
      const isTeacher = loadTeacher(form, tile, mask);
      const student = distributionAt(tile, 0);
      const teacher = distributionAt(tile, 1);
      if (fromLogits && temperature === 1) {
        const { e, r } = tile;
        kernels.distributionOfLogits(
          x,
          xStride,
          e,
          stride,
          r,
          classes,
          count,
          student.rows,
          stride,
          student.l,
          student.u,
        );
      } else readInput(form, tile, x, xStride, student);
      kernels[compare](
        student.rows,
        student.l,
        teacher.rows,
        teacher.l,
        stride,
        mask,
        classes,
        count,
        temperature,
        factor,
        counted ? 1 : 0,
        isTeacher ? form.massOfTeacher : form.massOfTarget,
        fromLogits ? 1 : 0,
        least,
        x,
        xStride,
        elements,
        work,
        sums.byteOffset,
      );
      if (grad === 0) return;
      const scale = (coefficients[0] * factor) / temperature;
      if (fromLogits) {
        kernels.chainRows(
          work,
          stride,
          student.rows,
          student.u,
          classes,
          count,
          scale,
          grad,
          gradStride,
          adds,
        );
      } else {
        scaleRows(tile, work, scale, grad, gradStride, adds);
      }
    },
  };
}

/** Makes the teacher's distribution of the call's teacher or of its dense target, and the mask. */
function loadTeacher(form: DivergenceForm, tile: SimdTile, mask: number): boolean {
  const { kernels, stride, classes, count, targetKind } = tile;
  const target = tile.target();
  const to = distributionAt(tile, 1);
  if (targetKind === "labels") kernels.maskOfLabels(target, count, mask);
  else kernels.maskOfRows(target, stride, classes, count, mask);
  const given = tile.teacher();
  if (given !== 0) readInput(form, tile, given, stride, to);
  else if (targetKind === "dense") {
    const { least } = form;
    kernels.distributionOfProbabilities(target, stride, least, classes, count, to.rows, stride, to.l, to.u);
    const logs = to.rows + classes * stride * 4;
    // Differences are divided by the temperature, which a dense target has none of.
    if (form.temperature !== 1) scaleRows(tile, logs, form.temperature, logs, stride, 0);
  } else if (tile.countedLabels() > 0) throw form.withoutTeacher();
  return given !== 0;
}

function scaleRows(
  tile: SimdTile,
  rows: number,
  factor: number,
  to: number,
  toStride: number,
  adds: number,
): void {
  const { arena, kernels, stride, classes, count } = tile;
  const factors = arena.floats(tile.row(1), count).fill(factor).byteOffset;
  kernels.weighRows(rows, stride, factors, 0, classes, count, to, toStride, adds);
}

function readInput(
  { input, temperature, least }: DivergenceForm,
  tile: SimdTile,
  x: number,
  xStride: number,
  { rows, l, u }: Distribution,
): void {
  const { kernels, stride, classes, count } = tile;
  if (input === "probabilities") {
    kernels.distributionOfProbabilities(x, xStride, least, classes, count, rows, stride, l, u);
    return;
  }
  if (input === "log-probabilities") {
    kernels.distributionOfLogProbabilities(x, xStride, classes, count, rows, stride, l, u);
    return;
  }
  // A softmax of its own is made where the slopes will be.
  const { work } = tile;
  const r = tile.row(2);
  kernels.softenedSoftmax(x, xStride, temperature, classes, count, work, stride, r);
  kernels.distributionOfLogits(x, xStride, work, stride, r, classes, count, rows, stride, l, u);
}

function distributionAt({ distributions, stride, classes }: SimdTile, i: number): Distribution {
  const row = stride * 4;
  const rows = distributions + i * (2 * classes + 2) * row;
  return { rows, l: rows + 2 * classes * row, u: rows + (2 * classes + 1) * row };
}
