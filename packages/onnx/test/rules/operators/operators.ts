/** The operators that have a gradient rule, each with the file of its rule and the cases that hold it. */
import { readdir } from "node:fs/promises";
import { rules } from "../../../src/rules/registry.ts";
import { caseFamilies } from "../cases/index.ts";
import type { RuleCase } from "../rule-case.ts";

export interface NamedCase {
  readonly family: string;
  readonly title: string;
  readonly given: RuleCase;
}

export interface Operator {
  readonly name: string;
  /** In `src/rules`. */
  readonly file: string;
  /** Those with the operator in their graph. */
  readonly cases: readonly NamedCase[];
}

export const namedCases: readonly NamedCase[] = Object.entries(caseFamilies).flatMap(([family, cases]) =>
  Object.entries(cases).map(([title, given]) => ({ family, title, given })),
);

/** In the order of the registry. */
export async function operators(): Promise<Operator[]> {
  const files = await filesByRule();
  return Object.entries(rules).map(([name, rule]) => ({
    name,
    file: files.get(rule) ?? "registry.ts",
    cases: namedCases.filter(({ given }) => given.nodes.some(({ opType }) => opType === name)),
  }));
}

/** The file that exports each function. */
async function filesByRule(): Promise<Map<unknown, string>> {
  const folder = new URL("../../../src/rules/", import.meta.url);
  const found = new Map<unknown, string>();
  for (const file of await readdir(folder)) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const exported = (await import(new URL(file, folder).href)) as Readonly<Record<string, unknown>>;
    for (const value of Object.values(exported)) found.set(value, file);
  }
  return found;
}
