/**
 * The options of a loss as data: what the documentation, the expression parser and the checks all read.
 *
 * @module
 */
import { LARGEST_IGNORE_LIST } from "./engine/scratch.ts";
import { PixelgradError } from "./errors.ts";
import type { Loss, LossOptions, LossSpec } from "./loss.ts";
import { nearestName } from "./nearest-name.ts";

interface OptionBase {
  /** One sentence for the documentation, with unit and range. */
  readonly doc: string;
  /** The default, as the documentation shows it. */
  readonly default?: number | string | boolean;
  /** Options that this one, when given, takes out of a preset: those that say part of the same. */
  readonly replaces?: readonly string[];
}

/** What one option may be. */
export type OptionKind =
  | { readonly kind: "number"; readonly min?: number; readonly max?: number }
  | {
      readonly kind: "numbers";
      readonly min?: number;
      readonly max?: number;
      /** What there is one number for; a class by default. */
      readonly per?: string;
    }
  | { readonly kind: "number-or-numbers"; readonly min?: number; readonly max?: number }
  | { readonly kind: "integer"; readonly min?: number }
  | { readonly kind: "integers"; readonly min?: number }
  | { readonly kind: "integer-or-integers" }
  | { readonly kind: "matrix" }
  | { readonly kind: "boolean" }
  | { readonly kind: "loss" }
  | { readonly kind: "choice"; readonly values: readonly string[] };

export type OptionField = OptionBase &
  (OptionKind | { readonly kind: "any-of"; readonly of: readonly OptionKind[] });

export type OptionFields = { readonly [name: string]: OptionField };

/**
 * Drops what is undefined and checks the rest.
 * @throws PixelgradError `OPTION_UNKNOWN` (naming the nearest), `OPTION_INVALID`, `TYPE_MISMATCH` for what is no object.
 */
export function checkOptions(loss: string, fields: OptionFields, options: object): LossOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const got = show(options);
    throw new PixelgradError("TYPE_MISMATCH", `${loss}: options must be an object, got ${got}.`, {
      expected: "an object",
      got,
    });
  }
  const checked: Record<string, LossOptions[string]> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      const nearest = nearestName(name, Object.keys(fields));
      throw new PixelgradError(
        "OPTION_UNKNOWN",
        `${loss} has no option '${name}': did you mean '${nearest}'? It has ${Object.keys(fields).join(", ")}.`,
        { loss, option: name, nearest },
      );
    }
    if (!accepts(field, value)) {
      throw optionInvalid(loss, name, value, describeField(field));
    }
    checked[name] = Array.isArray(value) ? [...value] : value;
  }
  return checked;
}

/** What to throw when an option is not what it must be. */
export function optionInvalid(loss: string, option: string, value: unknown, allowed: string): PixelgradError {
  return new PixelgradError("OPTION_INVALID", `${loss}: ${option} must be ${allowed}, got ${show(value)}.`, {
    loss,
    option,
    value,
    allowed,
  });
}

/** As code shows it; JSON would show NaN as null, and refuse a BigInt. */
function show(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "object") return String(value);
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" || (typeof part === "number" && !Number.isFinite(part)) ? String(part) : part,
  );
}

/** What a field takes, in words. */
export function describeField(field: OptionField): string {
  return field.kind === "any-of" ? field.of.map(describeKind).join(", or ") : describeKind(field);
}

function describeKind(field: OptionKind): string {
  switch (field.kind) {
    case "choice":
      return field.values.length === 1 ? String(field.values[0]) : `one of ${field.values.join(", ")}`;
    case "integer-or-integers":
      return `an integer or a list of at most ${LARGEST_IGNORE_LIST} integers`;
    case "integer":
      return `a whole number${rangeOf(field)}`;
    case "integers":
      return `a list of whole numbers${rangeOf(field)}`;
    case "number":
      return `a number${rangeOf(field)}`;
    case "numbers":
      return `a list of numbers${rangeOf(field)}, one per ${field.per ?? "class"}`;
    case "number-or-numbers":
      return `a number${rangeOf(field)} or a list of them, one per class`;
    case "matrix":
      return "a list of lists of numbers, a row per class";
    case "boolean":
      return "true or false";
    case "loss":
      return "a loss";
  }
}

function rangeOf({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min === undefined ? "" : ` of at least ${min}`;
}

function accepts(field: OptionField, value: unknown): boolean {
  return field.kind === "any-of"
    ? field.of.some((kind) => acceptsKind(kind, value))
    : acceptsKind(field, value);
}

function acceptsKind(field: OptionKind, value: unknown): boolean {
  const list: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  switch (field.kind) {
    case "choice":
      return typeof value === "string" && field.values.includes(value);
    case "number":
      return inRange(value, field.min, field.max);
    case "numbers":
      return list?.every((v) => inRange(v, field.min, field.max)) ?? false;
    case "number-or-numbers":
      return list?.every((v) => inRange(v, field.min, field.max)) ?? inRange(value, field.min, field.max);
    case "integer":
      return Number.isSafeInteger(value) && inRange(value, field.min);
    case "integers":
      return list?.every((v) => Number.isSafeInteger(v) && inRange(v, field.min)) ?? false;
    case "integer-or-integers":
      return list === undefined
        ? Number.isSafeInteger(value)
        : list.length <= LARGEST_IGNORE_LIST && list.every(Number.isSafeInteger);
    case "matrix":
      return list?.every((row) => Array.isArray(row) && row.every((v) => inRange(v))) ?? false;
    case "boolean":
      return typeof value === "boolean";
    case "loss":
      return isLossSpec(value);
  }
}

/** Whether a value is a loss as data. */
export function isLossSpec(value: unknown): value is LossSpec {
  if (typeof value !== "object" || value === null || !("id" in value && "options" in value)) return false;
  return typeof value.id === "string" && typeof value.options === "object" && value.options !== null;
}

/** Whether a value is a loss that can run. */
export function isLoss(value: unknown): value is Loss {
  return isLossSpec(value) && "plan" in value && typeof value.plan === "function";
}

function inRange(value: unknown, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= min && value <= max;
}

/**
 * What to throw when two options contradict each other.
 * @param why - what to do instead, a clause.
 */
export function optionConflict(loss: string, [a, b]: readonly [string, string], why: string): PixelgradError {
  return new PixelgradError("OPTION_CONFLICT", `${loss}: ${a} and ${b} contradict each other: ${why}.`, {
    loss,
    options: [a, b],
  });
}

/** A number for each of `classes`: the list itself, or the one number repeated. */
export function perClass(
  loss: string,
  option: string,
  value: number | readonly number[],
  classes: number,
): readonly number[] {
  if (typeof value === "number") return new Array<number>(classes).fill(value);
  if (value.length === classes) return value;
  throw new PixelgradError(
    "OPTION_INVALID",
    `${loss}: ${option} needs ${classes} numbers, one per class of the logits, got ${value.length}.`,
    { loss, option, value, allowed: `${classes} numbers` },
  );
}
