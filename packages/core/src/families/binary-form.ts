/** Losses of one sigmoid channel on the kernels that differ in a few numbers (assembly/binary-forms.ts). @module */
import type { BinaryRow, FormKernels } from "../engine/form-kernels.ts";
import type { Clamping } from "../reference/clamped-log.ts";
import type { KernelMaps } from "../term.ts";
import { clampNumbers, hasClampKernel } from "./clamp-numbers.ts";
import type { RowKernel, SigmoidKernel } from "./sigmoid-pixel.ts";

type FormName = {
  [K in keyof FormKernels]: K extends `${infer Form}OfLogits`
    ? FormKernels[K] extends BinaryRow
      ? Form
      : never
    : never;
}[keyof FormKernels];

export interface BinaryForm {
  readonly form: FormName;
  /** How probabilities are clamped; absent for logits. */
  readonly clamping?: Clamping | undefined;
  /** What targets it takes; all by default. */
  readonly targets?: KernelMaps["targets"];
  /** The form's numbers for channel `c`, at most 6; `batch` are the constants of the batch. */
  numbers(c: number, batch: Float64Array): readonly number[];
}

/** Numbers that a channel has at `tile.constants`: those of the form, and those of the clamp. */
const NUMBERS = 12;
const CLAMP = 7;
/** Where what an exponent is rounded by lies: that of the first number, which most forms have first. */
const ROUNDED_BY = 6;

/** The form on the kernels, for `classes` channels; undefined where they lack its clamp. */
export function formKernel(form: BinaryForm, classes: number): SigmoidKernel | undefined {
  // Without a clamp a probability of 0 may cost infinity, and what is 0 times that nothing.
  if (form.clamping?.clamp === "none" || !hasClampKernel(form.clamping)) return undefined;
  const { targets } = form;
  return { run: runOf(form), prepare: prepareOf(form, classes), ...(targets && { targets }) };
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
      const own = numbers(c, batch);
      constants.set(own, c * NUMBERS);
      constants[c * NUMBERS + ROUNDED_BY] = roundedBy(own[0]);
      constants.set(clamp, c * NUMBERS + CLAMP);
    }
  };
}

/** The least float32 that is not below a number. */
export function float32AtLeast(value: number): number {
  const near = Math.fround(value);
  if (near >= value) return near;
  const bits = new Int32Array(Float32Array.of(near).buffer);
  bits[0] += near < 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0];
}

/** What float32 takes off a number. */
export function roundedBy(value: number): number {
  return value - Math.fround(value);
}
