/** Writes vectors/*.json, a file per family of cases: `pnpm vectors`. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { caseFamilies, gradientVectors, vectorFileText } from "@pixelgrad/core/testing";

const folder = new URL("../vectors/", import.meta.url);
for (const name of await readdir(folder)) if (name.endsWith(".json")) await rm(new URL(name, folder));
for (const family of Object.keys(caseFamilies)) {
  const file = gradientVectors(family);
  if (file.vectors.length === 0) continue;
  const text = vectorFileText(file);
  await writeFile(new URL(`${family}.json`, folder), text);
  process.stdout.write(`${family}: ${file.vectors.length} vectors, ${Math.ceil(text.length / 1024)} KiB\n`);
}
