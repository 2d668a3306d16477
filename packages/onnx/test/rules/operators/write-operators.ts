/** Measures every case and writes docs/operators.md: `pnpm run operators`. */
import { readFile, writeFile } from "node:fs/promises";
import { relativeError } from "@pixelgrad/core/testing";
import { test } from "vitest";
import { readGolden } from "../golden/golden-files.ts";
import { caseDifferences, caseGradients } from "../gradients.ts";
import { type NamedCase, namedCases, operators } from "./operators.ts";
import { type CaseErrors, operatorPage, pageFile } from "./page.ts";

test("docs/operators.md is written", async () => {
  const errors = new Map<NamedCase, CaseErrors>();
  for (const one of namedCases) errors.set(one, await measure(one));
  const page = operatorPage(await operators(), (one) => errors.get(one)!, await runtimeVersion());
  await writeFile(pageFile, page);
});

async function measure({ family, title, given }: NamedCase): Promise<CaseErrors> {
  const { y, grads } = await caseGradients(given);
  const differences = await caseDifferences(given);
  const golden = readGolden(family)[title];
  const worst = (expected: Readonly<Record<string, ArrayLike<number>>>): number =>
    Math.max(...Object.entries(grads).map(([name, grad]) => relativeError(grad, expected[name]!)));
  return {
    torch: golden && Math.max(relativeError(y.data, golden.y), worst(golden.grads)),
    differences: worst(differences),
  };
}

async function runtimeVersion(): Promise<string> {
  const file = new URL("../../../package.json", import.meta.url);
  const { dependencies } = JSON.parse(await readFile(file, "utf8")) as {
    dependencies: Record<string, string>;
  };
  return dependencies["onnxruntime-node"]!;
}
