import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileKernels } from "../src/engine/compile-kernels.ts";

const root = new URL("../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

test("there are no runtime dependencies", () => {
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"]) {
    expect(Object.keys(manifest[kind] ?? {}), kind).toEqual([]);
  }
});

test("every export is built, and names its types before its code", () => {
  for (const [name, target] of Object.entries<string | Record<string, string>>(manifest.exports)) {
    const files = typeof target === "string" ? [target] : Object.values(target);
    for (const file of files) expect(existsSync(new URL(file, root)), `${name}: ${file}`).toBe(true);
    if (typeof target !== "string") expect(Object.keys(target)).toEqual(["types", "default"]);
  }
});

test("the wasm ships with the code that loads it, and needs nothing but a memory", () => {
  expect(manifest.files).toContain("dist");
  const module = compileKernels(readFileSync(new URL("dist/core.wasm", root)));
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
});
