/** What a large model costs; PIXELGRAD_MEMORY_MB sets its size, up to 2000. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildModel, floatTensor, node, OnnxModel, valueInfo } from "@pixelgrad/onnx";
import { afterAll, beforeAll, expect, test } from "vitest";

const megabytes = Number(process.env["PIXELGRAD_MEMORY_MB"] ?? 64);
const WEIGHTS = 64;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelgrad-memory-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The sum of its input and 64 weights; every other one keeps its numbers in float_data. */
async function saveLargeModel(path: string): Promise<void> {
  const length = (megabytes * 1e6) / WEIGHTS / 4;
  const numbers = new Float32Array(length).fill(0.5);
  const weights = Array.from({ length: WEIGHTS }, (_, i) => {
    const tensor = floatTensor(`w${i}`, [length], numbers);
    if (i % 2 === 0) return tensor;
    const typed = Object.assign(tensor, { floatData: tensor.rawData });
    Reflect.deleteProperty(typed, "rawData");
    return typed;
  });
  await OnnxModel.of(
    buildModel({
      nodes: [node("Sum", ["x", ...weights.map(({ name }) => name)], ["y"])],
      inputs: [valueInfo("x", [length])],
      outputs: [valueInfo("y", [length])],
      initializers: weights,
    }),
  ).save(path);
}

test(`loading a model of ${megabytes} MB, replacing a weight and saving it takes at most 1.3 times its size`, async () => {
  const [from, to] = [join(folder, "large.onnx"), join(folder, "saved.onnx")];
  await saveLargeModel(from);
  const child = fileURLToPath(new URL("support/load-replace-save.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, from, to, "w5"]);
  const { size } = await stat(from);
  expect((await stat(to)).size).toBe(size);
  expect(Number(stdout) / size).toBeLessThan(1.3);
  expect(Number(stdout) / size).toBeGreaterThan(0.5);
}, 120_000);
