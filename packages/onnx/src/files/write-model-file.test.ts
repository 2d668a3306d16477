import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildModel, node, valueInfo } from "../graph/build.ts";
import { OnnxModel } from "../graph/onnx-model.ts";
import { floatTensor, intTensor } from "../graph/tensor-proto.ts";
import { writeModelFile } from "./write-model-file.ts";

let root: string;
let path: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "pixelgrad-write-"));
});
beforeEach(async () => {
  path = join(await mkdtemp(join(root, "model-")), "big.onnx");
});
afterAll(() => rm(root, { recursive: true }));

const weights = [1, 2, 3].map((value) =>
  floatTensor(`w${value}`, [1000 + value], new Float32Array(1000 + value).fill(value)),
);
const typed = floatTensor("typed", [500], new Float32Array(500).fill(9));
Object.assign(typed, { floatData: typed.rawData });
Reflect.deleteProperty(typed, "rawData");
const proto = buildModel({
  nodes: [node("Reshape", ["x", "shape"], ["y"])],
  inputs: [valueInfo("x", [4])],
  outputs: [valueInfo("y", [2, 2])],
  initializers: [...weights, typed, intTensor("shape", [2, 2])],
});
const small = { largest: 8000 };

test("a model over the limit has its large weights in one file beside it, at offsets of whole pages", async () => {
  await writeModelFile(path, proto, small);
  expect(await readdir(join(path, ".."))).toEqual(["big.onnx", "big.onnx.data"]);
  expect((await stat(path)).size).toBeLessThan(1000);
  const loaded = await OnnxModel.load(path);
  for (const { name } of [...weights, typed]) {
    expect(loaded.parameter(name)).toEqual(OnnxModel.of(proto).parameter(name));
  }
  const data = await readFile(`${path}.data`);
  expect([0, 4096, 8192, 12288].map((at) => data.readFloatLE(at))).toEqual([1, 2, 3, 9]);
});

test("one under the limit is one file", async () => {
  await writeModelFile(path, proto);
  expect(await readdir(join(path, ".."))).toEqual(["big.onnx"]);
});

test("writing over a model with its data replaces both, and over a directory leaves both", async () => {
  await writeModelFile(path, proto, small);
  const doubled = weights.map(({ name }, i) =>
    floatTensor(name, [1001 + i], new Float32Array(1001 + i).fill(7)),
  );
  const changed = OnnxModel.of(proto).withGraph({
    initializer: [...doubled, typed, intTensor("shape", [2, 2])],
  });
  await writeModelFile(path, changed.proto, small);
  expect((await OnnxModel.load(path)).parameter("w1").data[0]).toBe(7);
  expect(await readdir(join(path, ".."))).toEqual(["big.onnx", "big.onnx.data"]);

  const taken = join(path, "..", "taken.onnx");
  await mkdir(join(taken, "inside"), { recursive: true });
  await writeFile(`${taken}.data`, "old");
  await expect(writeModelFile(taken, proto, small)).rejects.toMatchObject({ code: "MODEL_NOT_SAVED" });
  expect(await readFile(`${taken}.data`, "utf8")).toBe("old");
  expect(await readdir(join(path, ".."))).toEqual([
    "big.onnx",
    "big.onnx.data",
    "taken.onnx",
    "taken.onnx.data",
  ]);
});

test("a directory where the data belongs is not touched", async () => {
  await mkdir(`${path}.data`);
  await expect(writeModelFile(path, proto, small)).rejects.toMatchObject({ code: "MODEL_NOT_SAVED" });
  expect(await readdir(join(path, ".."))).toEqual(["big.onnx.data"]);
});

test("a model too large even without its weights is refused, and nothing stays", async () => {
  await expect(writeModelFile(path, proto, { largest: 100 })).rejects.toMatchObject({
    code: "MODEL_NOT_SAVED",
  });
  expect(await readdir(join(path, ".."))).toEqual([]);
});
