/**
 * Test cases of other projects: ONNX's SoftmaxCrossEntropyLoss and numbers from PyTorch's tests and public issues.
 * They lie beside the repository (`PIXELGRAD_VECTORS`) and are skipped where they do not.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  binaryCrossEntropy,
  type CrossEntropyOptions,
  crossEntropy,
  focal,
  type Loss,
  logSoftmax,
  type Tensor,
} from "@pixelgrad/core";
import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = resolve(root, process.env["PIXELGRAD_VECTORS"] ?? "../shared/vectors");
const present = existsSync(folder);

interface Vector {
  readonly name?: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface OnnxCase {
  readonly name: string;
  readonly attributes: { readonly ignore_index?: number; readonly reduction: "mean" | "sum" | "none" };
  readonly inputs: readonly Vector[];
  readonly outputs: readonly Vector[];
}

interface LiteralCase {
  readonly test: string;
  readonly kind: "value" | "grad" | "finite" | "finite_grad" | "relation";
  readonly loss: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly kwargs: { readonly input?: Vector; readonly target?: Vector };
  readonly expected?: number | "NaN";
  readonly expected_grad?: { readonly input: Vector };
  readonly tolerance?: { readonly rtol?: number; readonly atol?: number };
}

function casesOf<C>(file: string): readonly C[] {
  return present ? JSON.parse(readFileSync(resolve(folder, file), "utf8")).cases : [];
}

/** Of the type its file gives; a vector of C logits is one image of C classes. */
function tensorOf({ dtype, shape, data }: Vector): Tensor {
  const dims = shape.length === 1 && dtype === "float32" ? [shape[0], 1] : shape;
  if (dtype === "int64") return { data: BigInt64Array.from(data, BigInt), dims };
  return { data: Float32Array.from(data), dims };
}

describe.skipIf(!present)("ONNX SoftmaxCrossEntropyLoss", () => {
  const cases = casesOf<OnnxCase>("onnx_sce.json");

  test("all 34 cases are here", () => {
    expect(cases).toHaveLength(34);
  });

  test.for(cases.map((c) => [c.name, c] as const))(
    "%s within 1e-6",
    ([, { attributes, inputs, outputs }]) => {
      const [x, y, w] = inputs;
      const { ignore_index: ignoreIndex, reduction } = attributes;
      const options: CrossEntropyOptions = {
        reduction,
        ...(ignoreIndex !== undefined && { ignoreIndex }),
        ...(w && { classWeights: w.data }),
      };
      const logits = { data: Float32Array.from(x.data), dims: x.shape };
      const { value, elements } = crossEntropy(options).evaluate(logits, tensorOf(y));
      const [expected, logProbabilities] = outputs;
      expect(relativeError(elements?.data ?? [value], expected.data)).toBeLessThan(1e-6);
      if (logProbabilities) {
        expect(relativeError(logSoftmax(logits).data, logProbabilities.data)).toBeLessThan(1e-6);
      }
    },
  );
});

/** The loss a case is about, or undefined where our options cannot say it. */
function lossOf({ loss, options, kwargs }: LiteralCase): Loss | undefined {
  const { input, target } = kwargs;
  const reduction = options["reduction"] as "mean" | "sum" | "none";
  if (input === undefined || target === undefined) return undefined;
  if (loss === "cross_entropy" && target.dtype === "int64") {
    const weight = options["weight"] as Vector | undefined;
    return crossEntropy({
      reduction,
      allIgnored: "nan",
      ...("ignore_index" in options && { ignoreIndex: options["ignore_index"] as number }),
      ...("label_smoothing" in options && { labelSmoothing: options["label_smoothing"] as number }),
      ...(weight && { classWeights: weight.data }),
    });
  }
  if (loss === "binary_cross_entropy_with_logits") return binaryCrossEntropy({ reduction });
  if (loss === "binary_focal_loss_with_logits") {
    return focal({
      reduction,
      gamma: options["gamma"] as number,
      ...("alpha" in options && { alpha: options["alpha"] as number }),
    });
  }
  return undefined;
}

describe.skipIf(!present)("numbers of PyTorch's tests and of public issues", () => {
  const cases = ["pytorch_literals.json", "issues.json"]
    .flatMap((file) => casesOf<LiteralCase>(file))
    .flatMap((c) => {
      const loss = lossOf(c);
      return loss === undefined ? [] : [[c.test, c, loss] as const];
    });

  test("ten of them are about losses we have", () => {
    expect(cases).toHaveLength(10);
  });

  test.for(cases)("%s", ([, { kwargs, kind, expected, expected_grad: expectedGrad, tolerance }, loss]) => {
    const logits = tensorOf(kwargs.input!);
    const { value, grad } = loss.valueAndGrad(logits, tensorOf(kwargs.target!));
    if (kind === "value" && expected === "NaN") {
      expect(value).toBeNaN();
    } else if (kind === "value") {
      // What is printed with four digits is right to half of the last.
      const allowed = Math.max((tolerance?.rtol ?? 0) * Number(expected), tolerance?.atol ?? 0);
      expect(Math.abs(value - Number(expected))).toBeLessThan(allowed);
    } else if (kind === "grad") {
      const difference = grad.data.map((g, i) => Math.abs(g - expectedGrad!.input.data[i]));
      expect(Math.max(...difference)).toBeLessThan(1e-7);
    } else {
      expect([value, ...grad.data].every(Number.isFinite)).toBe(true);
    }
  });
});
