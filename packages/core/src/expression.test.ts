import { describe, expect, test } from "vitest";
import { isPixelgradError } from "./errors.ts";
import { formatLoss, parseLoss } from "./expression.ts";
import { crossEntropy } from "./losses/cross-entropy.ts";
import { dice } from "./losses/dice.ts";
import { weightedSum } from "./weighted-sum.ts";

describe("parseLoss", () => {
  test("reads a loss without options, with or without parentheses", () => {
    for (const text of ["dice", "dice()", " dice ( ) ", "1*dice", "1 * dice"]) {
      expect(parseLoss(text)).toMatchObject({ id: "dice", options: {} });
    }
  });

  test("reads numbers, words and lists", () => {
    const text =
      "cross-entropy(ignoreIndex=[255, -1], classWeights=[.5,1.,2e-1], labelSmoothing=0.1, divisor=valid)";
    expect(parseLoss(text).options).toEqual({
      ignoreIndex: [255, -1],
      classWeights: [0.5, 1, 0.2],
      labelSmoothing: 0.1,
      divisor: "valid",
    });
    expect(parseLoss("cross-entropy(ignoreIndex=[])").options).toEqual({ ignoreIndex: [] });
  });

  test("reads sums with weights and signs", () => {
    const { id, options } = parseLoss("-2*dice + cross-entropy(ignoreIndex=255) - 0.5*dice(smooth=0)");
    expect(id).toBe("weighted-sum");
    expect(options).toEqual({
      terms: [
        { weight: -2, id: "dice", options: {} },
        { weight: 1, id: "cross-entropy", options: { ignoreIndex: 255 } },
        { weight: -0.5, id: "dice", options: { smooth: 0 } },
      ],
    });
    expect(parseLoss("dice+dice").options["terms"]).toHaveLength(2);
  });

  test("reads a whole expression where an option is a loss", () => {
    const { id, options } = parseLoss(
      "deep-supervision(loss=cross-entropy + 0.5*dice(smooth=0), weights=nnunet)",
    );
    expect(id).toBe("deep-supervision");
    expect(options).toEqual({
      loss: {
        id: "weighted-sum",
        options: {
          terms: [
            { weight: 1, id: "cross-entropy", options: {} },
            { weight: 0.5, id: "dice", options: { smooth: 0 } },
          ],
        },
      },
      weights: "nnunet",
    });
    const bare = { loss: { id: "dice", options: {} } };
    expect(parseLoss("deep-supervision(loss=dice)").options).toEqual(bare);
    expect(parseLoss("deep-supervision( loss = dice() )").options).toEqual(bare);
  });

  test("reads a single loss of another weight as a sum of one", () => {
    expect(parseLoss("0.5*dice").options).toEqual({ terms: [{ weight: 0.5, id: "dice", options: {} }] });
    expect(parseLoss("-dice").options).toEqual({ terms: [{ weight: -1, id: "dice", options: {} }] });
  });

  test.each([
    ["", 0, "the name of a loss"],
    ["dice +", 6, "the name of a loss"],
    ["dice dice", 5, "'+', '-' or the end"],
    ["0.5 dice", 4, "'*' after the weight"],
    ["dice(smooth 1)", 12, "'=' after smooth"],
    ["dice(smooth=)", 12, "a number, a word or a [list]"],
    ["dice(smooth=1", 13, "',' or ')'"],
    ["dice(smooth=1,)", 14, "the name of an option"],
    ["dice(ignoreIndex=[1, 2)", 22, "',' or ']'"],
    ["dice(smooth=1, smooth=2)", 21, "another option, 'smooth' is given twice"],
    ["dice)", 4, "'+', '-' or the end"],
    ["deep-supervision(loss=)", 22, "the name of a loss"],
    ["deep-supervision(loss=dice dice)", 27, "',' or ')'"],
  ])("refuses '%s' with the position %i", (expression, position, expected) => {
    try {
      parseLoss(expression);
      expect.unreachable();
    } catch (error) {
      if (!isPixelgradError(error, "EXPRESSION_INVALID")) throw error;
      expect(error.context).toEqual({ expression, position });
      expect(error.message).toContain(`expected ${expected}, got `);
    }
  });

  test("says where it stopped and what it found", () => {
    expect(() => parseLoss("cross-entropy + * dice")).toThrowErrorMatchingInlineSnapshot(
      `[PixelgradError: In 'cross-entropy + * dice', at character 17: expected the name of a loss, got '* dice'.]`,
    );
    expect(() => parseLoss("dice(")).toThrowErrorMatchingInlineSnapshot(
      `[PixelgradError: In 'dice(', at character 6: expected the name of an option, got the end.]`,
    );
  });

  test("leaves names and values to the losses", () => {
    expect(() => parseLoss("dise")).toThrow(expect.objectContaining({ code: "LOSS_UNKNOWN" }));
    expect(() => parseLoss("dice(smoth=1)")).toThrow(expect.objectContaining({ code: "OPTION_UNKNOWN" }));
    expect(() => parseLoss("dice(smooth=true)")).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    expect(() => parseLoss("dice(smooth=1e999)")).toThrow(
      expect.objectContaining({ code: "OPTION_INVALID" }),
    );
  });
});

describe("formatLoss", () => {
  test.each([
    "dice",
    "dice(smooth=0, ignoreIndex=[0, 255])",
    "cross-entropy + 0.5*dice",
    "-dice - 1e-7*cross-entropy(reduction=sum)",
    "0.5*focal(gamma=1.5, input=probabilities)",
    "deep-supervision(loss=dice)",
    "nnunet:deep-supervision(loss=cross-entropy(ignoreIndex=255) - 0.5*dice, weights=[1, 0.5])",
  ])("inverts parseLoss: %s", (text) => {
    expect(formatLoss(parseLoss(text))).toBe(text);
  });

  test("writes the losses of factories", () => {
    const loss = weightedSum([
      [1, crossEntropy({ classWeights: [1, 2] })],
      [1e21, dice()],
    ]);
    expect(formatLoss(loss)).toBe("cross-entropy(classWeights=[1, 2]) + 1e+21*dice");
    expect(parseLoss(formatLoss(loss)).options).toEqual(loss.options);
  });
});
