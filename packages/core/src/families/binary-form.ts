/** Losses of one sigmoid channel on the kernels that differ in a few numbers (assembly/binary-forms.ts). @module */
import type { BinaryRow, PixelKernels } from "../engine/pixel-kernels.ts";
import { boundsOf, type Clamping, SLOPE_FLOOR } from "../reference/clamped-log.ts";
import type { KernelMaps } from "../term.ts";
import type { RowKernel, SigmoidKernel } from "./sigmoid-pixel.ts";

type FormName = {
  [K in keyof PixelKernels]: K extends `${infer Form}OfLogits`
    ? PixelKernels[K] extends BinaryRow
      ? Form
      : never
    : never;
}[keyof PixelKernels];

export interface BinaryForm {
  readonly form: FormName;
  /** How probabilities are clamped; absent for logits. */
  readonly clamping?: Clamping | undefined;
  /** The form's numbers for channel `c`, at most 7; `batch` are the constants of the batch. */
  numbers(c: number, batch: Float64Array): readonly number[];
}

/** Numbers that a channel has at `tile.constants`: those of the form, and those of the clamp. */
const NUMBERS = 12;
const CLAMP = 7;

/** Whether the kernels have a clamp: without one, a probability of 0 would cost infinity. */
function hasClampKernel(clamping: Clamping | undefined): boolean {
  if (clamping === undefined || clamping.clamp === "log") return true;
  const [least, most] = boundsOf(clamping);
  return clamping.clamp !== "none" && least >= 1e-30 && (clamping.clamp === "inside" || most < 1);
}

/** The form on the kernels, for `classes` channels; undefined where they lack its clamp. */
export function formKernel(form: BinaryForm, classes: number): SigmoidKernel | undefined {
  if (!hasClampKernel(form.clamping)) return undefined;
  return { run: runOf(form), prepare: prepareOf(form, classes) };
}

function runOf({ form, clamping }: BinaryForm): RowKernel {
  const name = clamping === undefined ? (`${form}OfLogits` as const) : (`${form}OfProbabilities` as const);
  return ({ kernels, constants, count, adds }, c, x, target, scale, elements, grad, sums) =>
    kernels[name](x, target, count, constants + c * NUMBERS * 4, scale, elements, grad, adds, sums);
}

/** Writes the numbers of all channels. */
function prepareOf({ clamping, numbers }: BinaryForm, classes: number): NonNullable<KernelMaps["prepare"]> {
  const clamp = clamping === undefined ? [] : clampNumbers(clamping);
  return (constants, coefficients) => {
    if (coefficients === undefined) return;
    const batch = coefficients.subarray(1);
    for (let c = 0; c < classes; c++) {
      constants.set(numbers(c, batch), c * NUMBERS);
      constants.set(clamp, c * NUMBERS + CLAMP);
    }
  };
}

const WITHOUT_BOUND = 3e38;

/** low, high, what is added under the logarithm, the most -log can be, the least divisor of a slope. */
function clampNumbers(clamping: Clamping): readonly number[] {
  const { clamp, epsilon, logFloor } = clamping;
  if (clamp === "log") return [0, 1, 0, -logFloor, SLOPE_FLOOR];
  if (clamp === "inside") return [0, 1, epsilon, WITHOUT_BOUND, 0];
  return [...boundsOf(clamping), 0, WITHOUT_BOUND, 0];
}

/** The least float32 that is not below a number. */
export function float32AtLeast(value: number): number {
  const near = Math.fround(value);
  if (near >= value) return near;
  const bits = new Int32Array(Float32Array.of(near).buffer);
  bits[0] += near < 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0];
}
