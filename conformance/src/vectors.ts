/**
 * The cases of other libraries' tests, as they lie in the vectors folder.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** An array: row-major `data`, or every element `fill`. NaN and infinities are strings. */
export interface EncodedArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data?: readonly (number | string)[];
  readonly fill?: number | string;
}

export type Json = Readonly<Record<string, unknown>>;

/** `rtol`/`atol` as numpy has them, `rel`/`abs` as pytest, `decimal` as numpy's almost-equal, `places` as unittest. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
  readonly rel?: number;
  readonly abs?: number;
  readonly decimal?: number;
  readonly places?: number;
}

export type CaseKind =
  | "value"
  | "grad"
  | "value+grad"
  | "error"
  | "finite"
  | "finite_grad"
  | "property"
  | "relation";

export interface VectorCase {
  readonly test: string;
  readonly kind: CaseKind;
  /** The loss under its library's name. */
  readonly loss: string;
  readonly options?: Json;
  readonly args?: readonly unknown[];
  readonly kwargs?: Json;
  readonly ctor_args?: readonly unknown[];
  readonly inputs?: readonly EncodedArray[];
  readonly outputs?: readonly EncodedArray[];
  readonly attributes?: Json;
  readonly expected?: unknown;
  readonly expected_grad?: Readonly<Record<string, EncodedArray>>;
  readonly tolerance?: Tolerance;
  /** What the test does with the result before it looks: `["mean"]`. */
  readonly post?: readonly string[];
}

/** The vectors folder: `PIXELGRAD_VECTORS`, relative to the root of the repository. */
export function vectorsFolder(): string {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  return resolve(root, process.env["PIXELGRAD_VECTORS"] ?? "../shared/vectors");
}

/** The names of the case files in `folder`, sorted; undefined where there is no such folder. */
export function vectorFiles(folder: string): readonly string[] | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json") && name !== "INDEX.json")
    .sort();
}

export function readCases(folder: string, file: string): readonly VectorCase[] {
  return (JSON.parse(readFileSync(resolve(folder, file), "utf8")) as { cases: readonly VectorCase[] }).cases;
}
