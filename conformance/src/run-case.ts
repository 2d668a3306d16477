/**
 * Runs one case and judges it.
 *
 * @module
 */
import { isPixelgradError, type LossValue, lossFrom, type Tensor } from "@pixelgrad/core";
import { mean, numbersOf } from "./arrays.ts";
import { firstMismatch } from "./compare.ts";
import type { Adapter, LossRun, Measured, Measurement } from "./plan.ts";
import type { Tolerance, VectorCase } from "./vectors.ts";

export type Verdict =
  | { readonly status: "passed" }
  | { readonly status: "failed"; readonly why: string }
  | { readonly status: "excluded"; readonly why: string };

export function runCase(adapter: Adapter, vector: VectorCase): Verdict {
  try {
    const plan = adapter.plan(vector);
    if ("excluded" in plan) return { status: "excluded", why: plan.excluded };
    if (vector.kind === "error") return judgeRefusal(plan, vector);
    const measured = "measure" in plan ? plan.measure() : call(plan, vector);
    const expected = "measure" in plan ? plan.expected : undefined;
    return judge(vector, measured, expected, vector.tolerance, adapter.tolerance);
  } catch (error) {
    return {
      status: "failed",
      why: isPixelgradError(error) ? `${error.code}: ${error.message}` : String(error),
    };
  }
}

/** What says that the adapter asks for something we lack, not that the input is bad. */
const OF_THE_ADAPTER: readonly string[] = ["LOSS_UNKNOWN", "OPTION_UNKNOWN"];

/** Bad input must be refused with the error of ours, not with a TypeError of the language. */
function judgeRefusal(plan: LossRun | Measurement, vector: VectorCase): Verdict {
  try {
    call(plan, vector);
  } catch (error) {
    if (!isPixelgradError(error)) {
      return { status: "failed", why: `was refused with ${String(error)} instead of a PixelgradError` };
    }
    const meant = ("refusal" in plan && plan.refusal === error.code) || !OF_THE_ADAPTER.includes(error.code);
    return meant ? { status: "passed" } : { status: "failed", why: `${error.code}: ${error.message}` };
  }
  return { status: "failed", why: "was not refused" };
}

function call(plan: LossRun | Measurement, { kind, expected_grad }: VectorCase): Measured {
  if ("measure" in plan) return plan.measure();
  const { id, options, logits, target, extra, post = (numbers) => numbers } = plan;
  const loss = lossFrom({ id, options });
  if (isLevels(logits)) return { value: post(numbersOfResult(loss.evaluate(logits, target))) };
  const result = loss.evaluate(logits, target, extra);
  if (!kind.includes("grad")) return { value: post(numbersOfResult(result)) };
  const { elements } = result;
  const ones = elements && { data: new Float32Array(elements.data.length).fill(1), dims: elements.dims };
  const { grad } = loss.valueAndGrad(logits, target, { ...extra, ...(ones && { upstream: ones }) });
  // Some libraries also publish the gradient of the target, which ours do not have.
  const name = Object.keys(expected_grad ?? {}).find((key) => key !== "target") ?? "input";
  return { value: post(numbersOfResult(result)), grads: { [name]: Array.from(grad.data) } };
}

/** Deep supervision takes the logits of several levels. */
function isLevels(logits: Tensor | readonly Tensor[]): logits is readonly Tensor[] {
  return Array.isArray(logits);
}

function numbersOfResult({ value, elements }: LossValue): readonly number[] {
  return elements === undefined ? [value] : Array.from(elements.data);
}

function judge(
  vector: VectorCase,
  measured: Measured,
  spelled: readonly number[] | undefined,
  own: Tolerance | undefined,
  usual: Tolerance,
): Verdict {
  const tolerance = own === undefined || Object.keys(own).length === 0 ? usual : own;
  const grads = Object.entries(measured.grads ?? {});
  if (vector.kind.startsWith("finite")) {
    const all = [...(measured.value ?? []), ...grads.flatMap(([, grad]) => grad)];
    return all.every(Number.isFinite)
      ? { status: "passed" }
      : { status: "failed", why: `is not finite: ${all}` };
  }
  if (vector.kind !== "grad") {
    const expected = spelled ?? numbersOf(vector.expected);
    const value = vector.post?.includes("mean") ? [mean(measured.value ?? [])] : (measured.value ?? []);
    const failed = mismatch("value", value, expected, tolerance);
    if (failed !== undefined) return failed;
  }
  for (const [name, grad] of grads) {
    const failed = mismatch(`gradient of ${name}`, grad, numbersOf(vector.expected_grad?.[name]), tolerance);
    if (failed !== undefined) return failed;
  }
  return { status: "passed" };
}

function mismatch(
  what: string,
  got: readonly number[],
  expected: readonly number[],
  tolerance: Tolerance,
): Verdict | undefined {
  const found = firstMismatch(got, expected, tolerance);
  if (found === undefined) return undefined;
  if (got.length !== expected.length) {
    return { status: "failed", why: `${what}: expected ${expected.length} numbers, got ${got.length}` };
  }
  const { at, allowed } = found;
  return {
    status: "failed",
    why: `${what} [${at}]: expected ${found.expected} ± ${allowed}, got ${found.got}`,
  };
}
