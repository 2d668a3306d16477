/** What the hand-written pages say of this package is so: their code runs, their counts are right. */
import { readdirSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import * as core from "@pixelgrad/core";
import { describe, expect, test } from "vitest";

const read = (page: string): string => readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");

/** What the lines of docs/requests.md leave to the reader. */
const contextOfLine = () => ({
  ...core,
  loss: core.crossEntropy(),
  logits: { data: new Float32Array(24).map((_, i) => Math.sin(i)), dims: [2, 3, 2, 2] },
  labels: { data: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1), dims: [2, 2, 2] },
  classWeights: [1, 2, 0.5],
  classMask: { data: Uint8Array.of(1, 1, 1), dims: [3] },
  pixelWeights: { data: new Float32Array(8).fill(1), dims: [2, 2, 2] },
  distanceMaps: { data: new Float32Array(24), dims: [2, 3, 2, 2] },
});

/** Code spans of the last column; an ellipsis leaves something out. */
const spans = read("docs/requests.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| what is asked"))
  .flatMap((line) => [...(line.split("|").at(-2) ?? "").matchAll(/`([^`]+)`/g)].map(([, span]) => span))
  .filter((span, i, all) => !span.includes("…") && all.indexOf(span) === i);

const calls = spans.filter((span) => /^(\w+|\w+\(.*\)\.\w+|\w+\.\w+)\(.*\)$/.test(span));
const options = spans.filter((span) => /^\w+: "[\w-]+"$/.test(span));

describe("docs/requests.md", () => {
  test("has code to run", () => {
    expect(calls.length).toBeGreaterThan(15);
    expect(options.length).toBeGreaterThan(1);
  });

  test.each(calls)("%s runs", (call) => {
    const result: unknown = runInNewContext(call, contextOfLine());
    if (typeof result === "object" && result !== null && "plan" in result) {
      expect((result as core.Loss).plan(3).terms.length).toBeGreaterThan(0);
    } else {
      expect(result).toHaveProperty("value");
    }
  });

  test.each(options)("%s is an option of a loss", (option) => {
    const given = runInNewContext(`({ ${option} })`) as core.LossOptions;
    const takes = core.catalogue.filter(({ id }) => {
      try {
        return core.lossFrom({ id, options: { ...given } }).id === id;
      } catch {
        return false;
      }
    });
    expect(takes.length).toBeGreaterThan(0);
  });
});

describe("README.md", () => {
  const readme = read("README.md");

  test("counts the gradient vectors", () => {
    const folder = new URL("../vectors/", import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    const count = files
      .map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")).vectors.length as number)
      .reduce((a, b) => a + b, 0);
    expect(readme).toContain(`[${count} gradient vectors]`);
  });

  test("counts the losses", () => {
    expect(core.catalogue).toHaveLength(40);
    expect(readme).toContain("Forty, each with formula");
  });

  test("writes the same loss as a sum and as an expression", () => {
    const { loss } = runInNewContext(
      `const loss = weightedSum([[1, crossEntropy({ ignoreIndex: 255 })], [0.5, dice()]]); ({ loss })`,
      contextOfLine(),
    ) as { loss: core.Loss };
    const expression = /parseLoss\("([^"]+)"\); \/\/ the same loss/.exec(readme)?.[1];
    expect(core.formatLoss(loss)).toBe(expression);
  });
});
