/** `pixelgrad gradcheck`: whether the gradient of a loss is that of its value. */
import { PixelgradError } from "@pixelgrad/core";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  caseOf,
  checkGradient,
  type GradientCheck,
  isFine,
  type TargetKind,
  type TemperResult,
} from "../gradient-check.ts";
import type { Io } from "../io.ts";

interface GradcheckOptions {
  readonly loss: string;
  readonly classes: number;
  readonly size: readonly number[];
  readonly target?: TargetKind;
  readonly seed: number;
  readonly bound: number;
  readonly json?: true;
}

export function gradcheckCommand(io: Io): Command {
  return new Command("gradcheck")
    .description("Check the gradient of a loss against central differences of its value, in float64.")
    .requiredOption("--loss <expression>", "such as 'cross-entropy + 0.5*dice'")
    .option("--classes <n>", "channels of the logits", wholeNumber(1), 3)
    .addOption(
      new Option("--size <HxW>", "spatial size; any number of dims")
        .default([5, 7], "5x7")
        .argParser(sizeFromText),
    )
    .addOption(
      new Option("--target <kind>", "default: what the loss takes, labels if both").choices([
        "labels",
        "dense",
      ]),
    )
    .option("--seed <n>", "another seed gives other problems", wholeNumber(0), 1)
    .option("--bound <error>", "largest difference over the largest entry", positiveNumber, 1e-6)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nLogits are mild (below 4), confident (8 to 28) or right (confident and never wrong), three problems of two\n" +
        "images each. Exits with 0 when every error is within the bound, with 1 when one is above it.",
    )
    .action((options: GradcheckOptions) => runGradcheck(io, options));
}

function runGradcheck(io: Io, { loss, classes, size, target, seed, bound, json }: GradcheckOptions): void {
  const check: GradientCheck = { loss, classes, spatial: size, seed, ...(target && { target }) };
  const { target: kind } = caseOf(check);
  const results = checkGradient(check);
  const wrong = results.filter((result) => !isFine(result, bound));
  const about = { loss, classes, size, target: kind, seed, bound, ok: wrong.length === 0 };
  io.out(json ? `${JSON.stringify({ ...about, tempers: results })}\n` : report(about, results));
  if (wrong.length > 0) throw wrongGradient(loss, wrong, bound);
}

interface About {
  readonly loss: string;
  readonly classes: number;
  readonly size: readonly number[];
  readonly target: TargetKind;
  readonly bound: number;
  readonly ok: boolean;
}

function report({ loss, classes, size, target, bound, ok }: About, results: readonly TemperResult[]): string {
  const rows = [
    ["logits", "entries", "at kinks", "relative error"],
    ...results.map(({ temper, entries, kinks, relativeError }) => [
      temper,
      String(entries),
      String(kinks),
      relativeError.toExponential(1),
    ]),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const lines = rows.map(([first, ...rest]) =>
    [first!.padEnd(widths[0]!), ...rest.map((cell, c) => cell.padStart(widths[c + 1]!))].join("  "),
  );
  const hidden = results
    .filter(({ resolution }) => resolution > bound)
    .map(
      ({ temper, resolution }) =>
        `${temper}: the gradient is so small that rounding of the value hides errors below ${resolution.toExponential(1)}.`,
    );
  const end = `${loss}, ${classes} classes, ${size.join("x")}, ${target}: ${ok ? "fine" : "wrong"}, bound ${bound}`;
  return `${[...lines, "", ...hidden, end].join("\n")}\n`;
}

function wrongGradient(loss: string, wrong: readonly TemperResult[], bound: number): PixelgradError {
  const { temper, relativeError, worst } = wrong.reduce((a, b) =>
    b.relativeError > a.relativeError ? b : a,
  );
  const { position, seed, grad, difference } = worst;
  return new PixelgradError(
    "GRADIENT_WRONG",
    `The gradient of '${loss}' at [${position}] of ${temper} logits (seed ${seed}) is ${grad}, and differences of the ` +
      `value give ${difference}: off by ${relativeError.toExponential(1)} of the largest entry, more than ${bound}.`,
    { loss, relativeError, bound },
  );
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (Number.isSafeInteger(n) && n >= least) return n;
    throw new InvalidArgumentError(`Expected a whole number, at least ${least}.`);
  };
}

function positiveNumber(text: string): number {
  const n = Number(text);
  if (Number.isFinite(n) && n > 0) return n;
  throw new InvalidArgumentError("Expected a number above 0.");
}

function sizeFromText(text: string): readonly number[] {
  const dims = text.split("x").map(Number);
  if (/^\d+(x\d+)*$/.test(text) && dims.every((d) => d >= 1)) return dims;
  throw new InvalidArgumentError("Expected sizes of at least 1 with an x between them, such as 5x7.");
}
