/** Writes cases.json beside this file, for make_golden.py: the first step of `pnpm run golden`. */
import { writeFile } from "node:fs/promises";
import { inferValues } from "@pixelgrad/onnx";
import { test } from "vitest";
import { caseFamilies } from "../cases/index.ts";
import { caseModel } from "../gradients.ts";
import { caseData, hashOf } from "./case-data.ts";
import { withoutGolden } from "./exceptions.ts";

test("cases.json is written", async () => {
  const families: Record<string, unknown[]> = {};
  for (const [family, cases] of Object.entries(caseFamilies)) {
    families[family] = [];
    for (const [title, given] of Object.entries(cases)) {
      if (title in withoutGolden) continue;
      const { dims } = (await inferValues(caseModel(given), given.inputs)).get("y")!;
      const data = caseData(title, given, dims);
      families[family].push({ hash: hashOf(data), ...data });
    }
  }
  await writeFile(new URL("cases.json", import.meta.url), JSON.stringify(families));
});
