/** `pixelgrad gradcheck`, in this process. */
import { describe, expect, test } from "vitest";
import { inProcess } from "./pixelgrad.ts";

const gradcheck = (...args: readonly string[]) => inProcess(["gradcheck", "--size", "2x3", ...args]);

interface Report {
  readonly target: string;
  readonly ok: boolean;
  readonly tempers: readonly {
    readonly temper: string;
    readonly entries: number;
    readonly kinks: number;
    readonly relativeError: number;
    readonly worst: { readonly position: readonly number[] };
  }[];
}

async function reportOf(...args: readonly string[]): Promise<Report> {
  const { code, out, err } = await gradcheck("--json", ...args);
  expect([code, err]).toEqual([0, ""]);
  return JSON.parse(out) as Report;
}

describe("pixelgrad gradcheck", () => {
  test("--help says what is checked, and what the exit codes mean", async () => {
    const { code, out } = await inProcess(["gradcheck", "--help"]);
    expect(code).toBe(0);
    for (const word of ["--classes", "--size", "--target", "--seed", "--bound", "--json"])
      expect(out).toContain(word);
    expect(out).toContain("with 1 when one is above it");
  });

  test("prints a row per temper and exits with 0 when every error is within 1e-6", async () => {
    const { code, out, err } = await gradcheck("--loss", "cross-entropy(labelSmoothing=0.1)");
    expect([code, err]).toEqual([0, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toBe("logits     entries  at kinks  relative error");
    expect(lines.slice(1, 4).map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ["mild", "108", "0"],
      ["confident", "108", "0"],
      ["right", "108", "0"],
    ]);
    expect(lines.at(-1)).toBe(
      "cross-entropy(labelSmoothing=0.1), 3 classes, 2x3, labels: fine, bound 0.000001",
    );
  });

  test("--json prints errors and their positions", async () => {
    const { ok, target, tempers } = await reportOf("--loss", "cross-entropy");
    expect([ok, target]).toEqual([true, "labels"]);
    for (const { temper, relativeError, worst } of tempers) {
      expect(relativeError, temper).toBeLessThanOrEqual(1e-6);
      expect(worst.position).toHaveLength(4);
    }
  });

  test("takes the target a loss takes, and one that is asked for", async () => {
    expect((await reportOf("--loss", "focal")).target).toBe("dense");
    expect((await reportOf("--loss", "dice", "--classes", "1")).target).toBe("dense");
    expect((await reportOf("--loss", "cross-entropy", "--target", "dense")).target).toBe("dense");
    expect((await reportOf("--loss", "focal(oneVsRest=true)", "--target", "labels")).target).toBe("labels");
  });

  test("checks sums of losses, and losses of probabilities", async () => {
    expect((await reportOf("--loss", "cross-entropy - 0.5*dice")).ok).toBe(true);
    expect((await reportOf("--loss", "binary-cross-entropy(input=probabilities)")).ok).toBe(true);
  });

  test("brings the teacher a loss cannot do without", async () => {
    expect((await reportOf("--loss", "kl-divergence(temperature=2)")).ok).toBe(true);
  });

  test("makes the same problems of the same seed, and others of another", async () => {
    const once = await gradcheck("--loss", "focal", "--seed", "5", "--json");
    expect(await gradcheck("--loss", "focal", "--seed", "5", "--json")).toEqual(once);
    expect((await gradcheck("--loss", "focal", "--seed", "6", "--json")).out).not.toBe(once.out);
  });

  test("exits with 1 and names the worst entry when an error is above the bound", async () => {
    // Differences of confident logits are off by more than rounding explains, about 1e-9.
    const { code, out, err } = await gradcheck("--loss", "binary-cross-entropy", "--bound", "1e-12");
    expect(code).toBe(1);
    expect(out).toMatch(/: wrong, bound 1e-12\n$/);
    expect(err).toMatch(
      /The gradient of 'binary-cross-entropy' at \[\d,\d,\d,\d\] of \w+ logits \(seed \d\) is .*\[GRADIENT_WRONG\]/,
    );
  });

  test.each([
    [
      ["--loss", "focal", "--target", "labels"],
      /does not take labels: use --target dense, or oneVsRest=true/,
    ],
    [["--loss", "dice", "--target", "both"], /argument 'both' is invalid. Allowed choices are labels, dense/],
    [["--loss", "dice", "--classes", "0"], /Expected a whole number, at least 1/],
    [["--loss", "dice", "--size", "5x"], /Expected sizes of at least 1 with an x between them, such as 5x7/],
    [
      ["--loss", "dice", "--size", "100x100"],
      /--size must be so small that .* got 100x100 with 3 classes, 60000/,
    ],
    [["--loss", "dice", "--bound", "0"], /Expected a number above 0/],
    [["--loss", "dise"], /did you mean 'dice'/],
    [["--loss", "cross-entropy(classWeights=[1, 2])"], /classWeights needs 3 numbers/],
    [[], /required option '--loss <expression>' not specified/],
  ])("%j is wrong usage and exits with 2", async (args, message) => {
    const { code, out, err } = await gradcheck(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});
