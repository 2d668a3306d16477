/** What is refused, and the sentence a person gets. */
import {
  binaryCrossEntropy,
  catalogue,
  crossEntropy,
  dice,
  type ErrorCode,
  fieldsOf,
  focal,
  isPixelgradError,
  lossFrom,
  PixelgradError,
  parseLoss,
  type Tensor,
  weightedSum,
} from "@pixelgrad/core";
import { describe, expect, test } from "vitest";

/** The error that `run` throws, as far as it concerns a program and a person. */
function refusal(run: () => unknown): Pick<PixelgradError, "code" | "context" | "message"> {
  try {
    run();
  } catch (error) {
    if (!isPixelgradError(error)) throw error;
    return { code: error.code, context: error.context, message: error.message };
  }
  throw new Error("nothing was thrown");
}

const floats = (dims: readonly number[], ...numbers: number[]): Tensor<Float32Array> => ({
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => numbers[i] ?? 0),
  dims,
});
const bytes = (dims: readonly number[], ...numbers: number[]): Tensor<Uint8Array> => ({
  data: Uint8Array.from(floats(dims, ...numbers).data),
  dims,
});

describe("SHAPE_MISMATCH", () => {
  test("names the dims of labels and of dense targets that would fit", () => {
    expect(
      refusal(() => crossEntropy().value(floats([2, 3, 4, 4]), bytes([2, 4, 5]))),
    ).toMatchInlineSnapshot(`
      {
        "code": "SHAPE_MISMATCH",
        "context": {
          "expected": [
            2,
            4,
            4,
          ],
          "got": [
            2,
            4,
            5,
          ],
        },
        "message": "For logits 2×3×4×4 the target must be labels 2×4×4 or dense 2×3×4×4, got 2×4×5.",
      }
    `);
  });

  test("says how many elements dims need", () => {
    const logits = { data: new Float32Array(5), dims: [1, 2, 3] };
    expect(refusal(() => dice().value(logits, bytes([1, 3]))).message).toMatchInlineSnapshot(
      `"Logits of dims 1×2×3: expected 6 elements, got 5."`,
    );
    const labels = { data: new Uint8Array(2), dims: [1, 3] };
    expect(refusal(() => dice().value(floats([1, 2, 3]), labels)).message).toMatchInlineSnapshot(
      `"The target of dims 1×3: expected 3 elements, got 2."`,
    );
  });

  test("asks for a channel axis", () => {
    expect(refusal(() => dice().value(floats([3]), bytes([3]))).message).toMatchInlineSnapshot(
      `"Logits need dims [N, C, ...spatial], got 3."`,
    );
  });

  test("says what to do with labels for a sigmoid loss", () => {
    expect(
      refusal(() => binaryCrossEntropy().value(floats([1, 3, 4]), bytes([1, 4]))).message,
    ).toMatchInlineSnapshot(
      `"binary-cross-entropy (sigmoid) of logits 1×3×4 takes dense targets 1×3×4, got 1×4. Labels with 3 channels are for a softmax loss; for one sigmoid per class set oneVsRest: true, or make them one-hot with oneHot()."`,
    );
  });

  test("says that a softmax over one channel is no loss", () => {
    expect(
      refusal(() => crossEntropy().value(floats([1, 1, 4]), bytes([1, 4]))).message,
    ).toMatchInlineSnapshot(
      `"cross-entropy (softmax) of logits 1×1×4 takes labels 1×4, got 1×4. A softmax over one channel is always 1: use a sigmoid loss (binary-cross-entropy), or more channels."`,
    );
  });

  test("says what `out` has to be", () => {
    const run = (out: unknown) =>
      refusal(() =>
        crossEntropy().valueAndGrad(floats([1, 2, 2]), bytes([1, 2]), { out: out as Float32Array }),
      );
    expect(run(new Float32Array(3))).toMatchInlineSnapshot(`
      {
        "code": "SHAPE_MISMATCH",
        "context": {
          "expected": [
            1,
            2,
            2,
          ],
          "got": [
            3,
          ],
        },
        "message": "extra.out must be a Float32Array of 4 elements, as many as the logits, got Float32Array of 3.",
      }
    `);
    expect(run(new Float64Array(4)).message).toMatchInlineSnapshot(
      `"extra.out must be a Float32Array of 4 elements, as many as the logits, got Float64Array of 4."`,
    );
  });
});

describe("TYPE_MISMATCH", () => {
  test("asks for float32 logits", () => {
    const logits = { data: new Float64Array(4), dims: [1, 2, 2] };
    expect(refusal(() => crossEntropy().value(logits, bytes([1, 2])))).toMatchInlineSnapshot(`
      {
        "code": "TYPE_MISMATCH",
        "context": {
          "expected": "Float32Array",
          "got": "Float64Array",
        },
        "message": "Logits must be a Float32Array, got Float64Array: convert them first.",
      }
    `);
  });
});

describe("LABEL_OUT_OF_RANGE", () => {
  const logits = floats([2, 3, 2, 2]);

  test("names the label and its position in the caller's dims", () => {
    const labels = bytes([2, 2, 2], 0, 1, 2, 0, 0, 0, 255, 0);
    expect(refusal(() => crossEntropy().value(logits, labels))).toMatchInlineSnapshot(`
      {
        "code": "LABEL_OUT_OF_RANGE",
        "context": {
          "classes": 3,
          "label": 255,
          "position": [
            1,
            1,
            0,
          ],
        },
        "message": "Label 255 at [1,1,0] is no class: labels must be integers from 0 to 2, or ignored (ignoreIndex: 255).",
      }
    `);
  });

  test("names the first of several, also far into a large image", () => {
    const large = floats([2, 3, 300, 400]);
    const labels = bytes([2, 300, 400]);
    labels.data[300 * 400 + 250 * 400 + 17] = 3;
    labels.data[300 * 400 + 251 * 400] = 4;
    expect(refusal(() => dice().value(large, labels)).context).toEqual({
      label: 3,
      classes: 3,
      position: [1, 250, 17],
    });
  });

  test.each<[string, Tensor["data"], number]>([
    ["a label between two", Float32Array.of(0, 1.5, 0, 0, 0, 0, 0, 0), 1.5],
    ["NaN", Float32Array.of(0, Number.NaN, 0, 0, 0, 0, 0, 0), Number.NaN],
    ["a negative label", Int8Array.of(0, -1, 0, 0, 0, 0, 0, 0), -1],
    ["2^32, which int32 wraps to 0", BigInt64Array.of(0n, 2n ** 32n, 0n, 0n, 0n, 0n, 0n, 0n), 2 ** 32],
    ["2^32 - 1, which int32 wraps to -1", Uint32Array.of(0, 2 ** 32 - 1, 0, 0, 0, 0, 0, 0), 2 ** 32 - 1],
  ])("refuses %s", (_, data, label) => {
    for (const loss of [crossEntropy(), dice(), crossEntropy({ ignoreIndex: 255 })]) {
      expect(refusal(() => loss.value(logits, { data, dims: [2, 2, 2] }))).toMatchObject({
        code: "LABEL_OUT_OF_RANGE",
        context: { label, classes: 3, position: [0, 0, 1] },
      });
    }
  });
});

describe("TARGET_OUT_OF_RANGE", () => {
  test("hints at a mask of 0 and 255", () => {
    const mask = bytes([1, 2, 2], 0, 0, 255, 0);
    expect(refusal(() => binaryCrossEntropy().value(floats([1, 1, 2, 2]), mask))).toMatchInlineSnapshot(`
      {
        "code": "TARGET_OUT_OF_RANGE",
        "context": {
          "position": [
            0,
            1,
            0,
          ],
          "value": 255,
        },
        "message": "Target 255 at [0,1,0] is not in [0, 1] and not ignored. A mask of 0 and 255 has to be divided by 255 first, or 255 ignored.",
      }
    `);
  });

  test("names the position in dense dims", () => {
    const targets = floats([1, 2, 3], 0, 1, 0, 1, -0.5, 0);
    expect(refusal(() => focal().value(floats([1, 2, 3]), targets))).toMatchInlineSnapshot(`
      {
        "code": "TARGET_OUT_OF_RANGE",
        "context": {
          "position": [
            0,
            1,
            1,
          ],
          "value": -0.5,
        },
        "message": "Target -0.5 at [0,1,1] is not in [0, 1] and not ignored.",
      }
    `);
  });

  test("refuses NaN", () => {
    const targets = floats([1, 2, 3], 0, 0, 0, Number.NaN);
    const loss = dice({ activation: "sigmoid" });
    expect(refusal(() => loss.value(floats([1, 2, 3]), targets)).context).toEqual({
      value: Number.NaN,
      position: [0, 1, 0],
    });
  });
});

describe("VALUE_NOT_FINITE", () => {
  test("names the value and its position", () => {
    const logits = floats([1, 2, 2, 2], 0, 0, 0, 0, 0, Number.NaN);
    expect(refusal(() => crossEntropy().value(logits, bytes([1, 2, 2])))).toMatchInlineSnapshot(`
      {
        "code": "VALUE_NOT_FINITE",
        "context": {
          "position": [
            0,
            1,
            0,
            1,
          ],
          "value": NaN,
        },
        "message": "The logits hold NaN at [0,1,0,1]: a loss needs finite numbers. Look for a division by zero, or a learning rate that is too high.",
      }
    `);
  });

  test.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])(
    "refuses %d for every loss",
    (v) => {
      const logits = floats([1, 2, 5], 0, 0, 0, 0, 0, 0, 0, 0, 0, v);
      const problems = [
        [crossEntropy(), bytes([1, 5])],
        [dice(), bytes([1, 5])],
        [binaryCrossEntropy(), bytes([1, 2, 5])],
        [focal({ input: "probabilities" }), bytes([1, 2, 5])],
      ] as const;
      for (const [loss, target] of problems) {
        for (const run of [loss.value, loss.evaluate, loss.valueAndGrad]) {
          expect(refusal(() => run(logits, target))).toMatchObject({
            code: "VALUE_NOT_FINITE",
            context: { value: v, position: [0, 1, 4] },
          });
        }
      }
    },
  );
});

describe("PROBABILITY_OUT_OF_RANGE", () => {
  test("hints that these may be logits", () => {
    const p = floats([1, 1, 3], 0.5, 1, 1.25);
    const loss = binaryCrossEntropy({ input: "probabilities" });
    expect(refusal(() => loss.value(p, bytes([1, 3])))).toMatchInlineSnapshot(`
      {
        "code": "PROBABILITY_OUT_OF_RANGE",
        "context": {
          "position": [
            0,
            0,
            2,
          ],
          "value": 1.25,
        },
        "message": "The probabilities hold 1.25 at [0,0,2], which is not in [0, 1]. For logits leave out input: "probabilities".",
      }
    `);
  });
});

describe("ALL_IGNORED", () => {
  test("says where to look", () => {
    const loss = crossEntropy({ ignoreIndex: 0, allIgnored: "throw" });
    expect(refusal(() => loss.value(floats([1, 2, 2]), bytes([1, 2])))).toMatchInlineSnapshot(`
      {
        "code": "ALL_IGNORED",
        "context": {
          "loss": "cross-entropy",
        },
        "message": "cross-entropy: no pixel of the batch counts, so there is no mean. Check ignoreIndex and classWeights, or set allIgnored to zero.",
      }
    `);
  });
});

describe("OPTION_UNKNOWN", () => {
  test("names the nearest and lists the rest", () => {
    // @ts-expect-error: no such option
    expect(refusal(() => crossEntropy({ ignore_index: 255 }))).toMatchInlineSnapshot(`
      {
        "code": "OPTION_UNKNOWN",
        "context": {
          "loss": "cross-entropy",
          "nearest": "ignoreIndex",
          "option": "ignore_index",
        },
        "message": "cross-entropy has no option 'ignore_index': did you mean 'ignoreIndex'? It has input, classWeights, labelSmoothing, smoothingWeights, zLoss, zeroTargets, normalization, clamp, epsilon, logFloor, reduction, divisor, ignoreIndex, allIgnored, nonFinite, outOfRange, range, preset.",
      }
    `);
  });

  test.each(["constructor", "toString", "hasOwnProperty"])(
    "does not take %s from Object for an option",
    (option) => {
      expect(refusal(() => dice({ [option]: 1 }))).toMatchObject({
        code: "OPTION_UNKNOWN",
        context: { option },
      });
      expect(refusal(() => parseLoss(`dice(${option}=1)`)).code).toBe("OPTION_UNKNOWN");
    },
  );
});

describe("OPTION_INVALID", () => {
  test("says what a value should be", () => {
    const runs: readonly (() => unknown)[] = [
      () => crossEntropy({ reduction: "average" as "mean" }),
      () => focal({ gamma: -1 }),
      () => focal({ alpha: Number.NaN }),
      () => crossEntropy({ labelSmoothing: 1.5 }),
      () => focal({ gamma: 2n as unknown as number }),
      () => crossEntropy({ classWeights: [1, "2" as unknown as number] }),
      () => dice({ ignoreIndex: 1.5 }),
      () => dice({ ignoreIndex: new Array(257).fill(1) }).options,
      () => weightedSum([]),
      () => weightedSum([[Number.NaN, dice()]]),
      () => weightedSum([[1, crossEntropy({ reduction: "none" })]]),
      () => lossFrom({ id: "weighted-sum", options: {} }),
    ];
    const messages = runs.map((run) => {
      const { code, message } = refusal(run);
      expect(code).toBe("OPTION_INVALID");
      return message.slice(0, 120);
    });
    expect(messages).toMatchInlineSnapshot(`
      [
        "cross-entropy: reduction must be one of mean, sum, none, batchmean, got "average".",
        "focal: gamma must be a number of at least 0 or a list of them, one per class, got -1.",
        "focal: alpha must be a number of at least 0 or a list of them, one per class, got NaN.",
        "cross-entropy: labelSmoothing must be a number from 0 to 1, got 1.5.",
        "focal: gamma must be a number of at least 0 or a list of them, one per class, got 2.",
        "cross-entropy: classWeights must be a list of numbers of at least 0, one per class, got [1,"2"].",
        "dice: ignoreIndex must be an integer or a list of at most 256 integers, got 1.5.",
        "dice: ignoreIndex must be an integer or a list of at most 256 integers, got [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
        "weighted-sum: terms must be at least one [weight, loss] pair, got [].",
        "weighted-sum: terms must be pairs whose weight is a finite number, got NaN.",
        "weighted-sum: terms must be losses whose reduction is mean or sum, got "cross-entropy".",
        "weighted-sum: terms must be at least one [weight, loss] pair, got [].",
      ]
    `);
  });

  test("counts the numbers of a list when the classes are known", () => {
    const loss = crossEntropy({ classWeights: [1, 2] });
    expect(refusal(() => loss.value(floats([1, 3, 2]), bytes([1, 2])))).toMatchInlineSnapshot(`
      {
        "code": "OPTION_INVALID",
        "context": {
          "allowed": "3 numbers",
          "loss": "cross-entropy",
          "option": "classWeights",
          "value": [
            1,
            2,
          ],
        },
        "message": "cross-entropy: classWeights needs 3 numbers, one per class of the logits, got 2.",
      }
    `);
    const list = binaryCrossEntropy({ posWeight: [1, 2] });
    expect(refusal(() => list.value(floats([1, 1, 2]), bytes([1, 2]))).message).toMatchInlineSnapshot(
      `"binary-cross-entropy: posWeight needs 1 numbers, one per class of the logits, got 2."`,
    );
  });
});

describe("LOSS_UNKNOWN", () => {
  test("names the nearest and lists the rest", () => {
    const known = [...catalogue.map(({ id }) => id), "deep-supervision"].join(", ");
    expect(refusal(() => lossFrom({ id: "crossentropy", options: {} }))).toEqual({
      code: "LOSS_UNKNOWN",
      context: { id: "crossentropy", nearest: "cross-entropy" },
      message: `There is no loss 'crossentropy': did you mean 'cross-entropy'? Known are ${known}.`,
    });
  });
});

describe("PixelgradError", () => {
  test("survives encoding, structured clone and decoding with code, context, message and stack", () => {
    const error = new PixelgradError("LABEL_OUT_OF_RANGE", "Label 9 at [0,1].", {
      label: 9,
      classes: 3,
      position: [0, 1],
    });
    const decoded = PixelgradError.decode(structuredClone(error.encode()));
    expect(decoded).toBeInstanceOf(PixelgradError);
    expect(decoded.encode()).toEqual(error.encode());
    expect(decoded.stack).toBe(error.stack);
    expect(PixelgradError.decode(JSON.parse(JSON.stringify(error.encode()))).encode()).toEqual(
      error.encode(),
    );
  });

  test("survives decoding without a stack", () => {
    const { stack: _, ...encoded } = new PixelgradError("ALL_IGNORED", "Nothing.", { loss: "dice" }).encode();
    expect(PixelgradError.decode(encoded).code).toBe("ALL_IGNORED");
  });

  test("is recognised by name and, if asked, by code", () => {
    const error: unknown = new PixelgradError("ALL_IGNORED", "Nothing.", { loss: "dice" });
    expect(isPixelgradError(error)).toBe(true);
    expect(isPixelgradError(error, "ALL_IGNORED")).toBe(true);
    expect(isPixelgradError(error, "SHAPE_MISMATCH")).toBe(false);
    for (const other of [new Error("no"), { name: "PixelgradError", code: "ALL_IGNORED" }, null, undefined]) {
      expect(isPixelgradError(other)).toBe(false);
    }
    if (isPixelgradError(error, "ALL_IGNORED")) expect(error.context.loss satisfies string).toBe("dice");
    expect("SHAPE_MISMATCH" satisfies ErrorCode).toBe("SHAPE_MISMATCH");
  });

  test("keeps its cause", () => {
    const cause = new Error("disk");
    expect(new PixelgradError("ALL_IGNORED", "Nothing.", { loss: "dice" }, { cause }).cause).toBe(cause);
  });
});

test("every loss declares fields that its defaults pass", () => {
  for (const definition of catalogue) {
    const { id } = definition;
    for (const [name, field] of Object.entries(fieldsOf(definition))) {
      if (field.default === undefined || field.default.toString().includes(" ")) continue;
      expect(lossFrom({ id, options: { [name]: field.default } }).options).toEqual({ [name]: field.default });
    }
  }
});

test("a label that is no class is left out when outOfRange says so, in losses with and without a kernel", () => {
  const logits = floats([1, 2, 3], 1, -1, 0.5, 0, 2, -0.25);
  for (const make of [crossEntropy, dice]) {
    const kept = make({ ignoreIndex: 9 }).valueAndGrad(logits, bytes([1, 3], 0, 9, 1));
    const left = make({ outOfRange: "ignore" }).valueAndGrad(logits, bytes([1, 3], 0, 7, 1));
    expect(Math.abs(left.value - kept.value)).toBeLessThan(1e-7);
    expect(left.counted).toBe(2);
    expect([...left.grad.data].filter((_, i) => i % 3 === 1)).toEqual([0, 0]);
  }
});

test("an ignoreIndex outside int32 ignores that label and no other", () => {
  const logits = floats([1, 2, 3], 1, -1, 0.5, 0, 2, -0.25);
  for (const make of [crossEntropy, dice]) {
    const value = (ignoreIndex: number, label: number) =>
      make({ ignoreIndex }).value(logits, { data: Float64Array.of(0, label, 1), dims: [1, 3] });
    const kept = make({ ignoreIndex: 9 }).value(logits, bytes([1, 3], 0, 9, 1));
    for (const ignored of [2 ** 32 - 1, 2 ** 40]) {
      expect(Math.abs(value(ignored, ignored) - kept)).toBeLessThan(1e-7);
      expect(refusal(() => value(ignored, 2 ** 41)).code).toBe("LABEL_OUT_OF_RANGE");
      expect(refusal(() => value(ignored, -1)).code).toBe("LABEL_OUT_OF_RANGE");
    }
  }
});
