/** Losses of exclusive classes on the kernels that differ in a few numbers (assembly/class-forms.ts). @module */
import type { FormKernels, LabelForm, SoftForm } from "../engine/form-kernels.ts";
import type { SimdTile } from "../engine/tile.ts";
import type { Clamping } from "../reference/clamped-log.ts";
import type { Term } from "../term.ts";
import { roundedBy } from "./binary-form.ts";
import { clampNumbers, hasClampKernel } from "./clamp-numbers.ts";
import type { SoftmaxKernel } from "./softmax-pixel.ts";

type KernelsOf<F> = {
  [K in keyof FormKernels]: FormKernels[K] extends F ? K : never;
}[keyof FormKernels];

type LabelKernel = KernelsOf<LabelForm> & `${string}OfLabels`;
type FormName =
  KernelsOf<SoftForm> extends infer K ? (K extends `${infer F}SoftOfLogits` ? F : never) : never;

export interface ClassForm {
  readonly form: FormName;
  readonly input: Term["input"];
  /** Of probabilities: how they are clamped, and whether they are divided by their sum first. */
  readonly clamping?: Clamping;
  readonly normalization?: "none" | "sum";
  /** What targets it takes; all by default. */
  readonly targets?: readonly ("labels" | "dense")[];
  /** Runs on labels of logits; where absent, these are made one-hot. */
  readonly ofLabels?: LabelKernel | undefined;
  /** s: targets are softened to t (1 - s) + s / C. */
  readonly labelSmoothing?: number;
  /** The form's numbers, from the third on. */
  readonly numbers?: readonly number[];
  /** What the form weighs each class by; 1 by default. */
  readonly factors?: readonly number[];
  readonly gammas?: readonly number[];
  /** What each class adds to the divisor `weights`, of labels; 1 by default. */
  readonly classWeights?: readonly number[];
}

const NUMBERS = 2;
const CLAMP = 6;
const NORMALIZES = 11;
const LISTS = 12;

/** The form for `classes` channels; undefined where the kernels lack its clamp. */
export function classFormKernel(form: ClassForm, classes: number): SoftmaxKernel | undefined {
  const { input, clamping, ofLabels, classWeights } = form;
  if (input === "probabilities" && !hasClampKernel(clamping)) return undefined;
  const name = softKernelOf(form);
  return {
    targets: form.targets ?? ["labels", "dense"],
    masks: input !== "probabilities" && (form.labelSmoothing ?? 0) === 0,
    ...(classWeights && { classWeights }),
    prepare: (constants) => writeForm(form, classes, constants),
    second(tile, coefficients, sums) {
      const scale = coefficients[0];
      if (ofLabels !== undefined && input === "logits" && tile.targetKind === "labels") {
        runOnLabels(ofLabels, tile, scale, sums);
      } else runOnRows(name, tile, scale, sums);
    },
  };
}

function softKernelOf({ form, input }: ClassForm): KernelsOf<SoftForm> {
  if (input === "logits") return `${form}SoftOfLogits`;
  if (input === "probabilities") return `${form}SoftOfProbabilities`;
  return "crossEntropySoftOfLogProbabilities";
}

function writeForm(form: ClassForm, classes: number, constants: Float32Array): void {
  const { labelSmoothing = 0, numbers = [], clamping, normalization, factors, gammas } = form;
  constants[0] = 1 - labelSmoothing;
  constants[1] = labelSmoothing / classes;
  constants.fill(0, NUMBERS, LISTS);
  constants.set(numbers, NUMBERS);
  if (clamping !== undefined) constants.set(clampNumbers(clamping), CLAMP);
  constants[NORMALIZES] = normalization === "sum" ? 1 : 0;
  for (let c = 0; c < classes; c++) {
    constants[LISTS + c] = factors?.[c] ?? 1;
    const gamma = gammas?.[c] ?? 0;
    constants[LISTS + classes + c] = gamma;
    constants[LISTS + 2 * classes + c] = roundedBy(gamma);
  }
}

function runOnLabels(name: LabelKernel, tile: SimdTile, scale: number, sums: Float64Array): void {
  tile.kernels[name](
    tile.x,
    tile.xStride,
    tile.e,
    tile.stride,
    tile.target(),
    tile.r,
    tile.constants,
    tile.classes,
    tile.count,
    scale,
    tile.elements,
    tile.grad,
    tile.gradStride,
    tile.adds,
    tile.own,
    tile.row(0),
    sums.byteOffset,
  );
}

function runOnRows(name: KernelsOf<SoftForm>, tile: SimdTile, scale: number, sums: Float64Array): void {
  tile.kernels[name](
    tile.x,
    tile.xStride,
    tile.e,
    tile.stride,
    tile.r,
    tile.targetRows(),
    tile.stride,
    tile.constants,
    tile.classes,
    tile.count,
    scale,
    tile.elements,
    tile.grad,
    tile.gradStride,
    tile.adds,
    tile.work,
    tile.stride,
    sums.byteOffset,
  );
}
