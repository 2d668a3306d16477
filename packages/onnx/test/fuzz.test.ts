/**
 * Mutated files through the reader: errors with a code, or a model. `PIXELGRAD_FUZZ=100000 npx vitest run --project onnx
 * test/fuzz` is the long run, through real models too where they are (see PIXELGRAD_REAL in CONTRIBUTING.md).
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isPixelgradError } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import {
  buildModel,
  elementType,
  floatTensor,
  inspect,
  intTensor,
  node,
  OnnxModel,
  rawTensor,
  replaceClassifier,
  valueInfo,
} from "@pixelgrad/onnx";
import { expect, test } from "vitest";
import { mutated } from "./support/mutations.ts";
import { segmentationNetwork } from "./support/networks.ts";

const runs = Number(process.env["PIXELGRAD_FUZZ"] ?? 4000);
/** A real model takes a thousand times longer than a small one: it has fewer of the runs. */
const REAL_SHARE = 0.02;
const SLOW = 1000;

/** Weights in every type and place. */
const manyKinds = OnnxModel.of(
  buildModel({
    nodes: [
      node("Constant", [], ["c"], { value: { tensor: floatTensor("", [4], [1, 2, 3, 4]) } }),
      node("Constant", [], ["axes"], { value_ints: [0, 1] }),
      node("Identity", ["c"], ["c2"]),
      node("Cast", ["h"], ["h32"], { to: elementType.float }),
      node("Cast", ["d"], ["d32"], { to: elementType.float }),
      node("Sum", ["x", "c2", "h32", "d32"], ["sum"]),
      node("Unsqueeze", ["sum", "axes"], ["wide"]),
      node("Conv", ["wide", "w"], ["low"]),
      node("Transpose", ["low"], ["y"], { perm: [0, 2, 3, 1] }),
    ],
    inputs: [valueInfo("x", ["batch", 4]), valueInfo("d", [4], elementType.float64)],
    outputs: [valueInfo("y", [1, 1, 4, 2])],
    initializers: [
      rawTensor("h", [4], elementType.float16, Uint8Array.of(0, 0x3c, 0, 0x40, 1, 0, 0, 0x80)),
      rawTensor("d", [4], elementType.float64, new Uint8Array(Float64Array.of(1, 2, 3, 4).buffer)),
      intTensor("i", [1, -2, 3]),
      floatTensor("w", [2, 1, 1, 1], [1, 2]),
    ],
  }),
).toBytes();
const small = [
  manyKinds,
  segmentationNetwork({ channels: 3, tail: "softmax" }).toBytes(),
  segmentationNetwork({ channels: 1, tail: "sigmoid", layout: "NHWC", opset: 9 }).toBytes(),
  segmentationNetwork({ channels: 5, tail: "argmax-uint8" }).toBytes(),
];
const folder = resolve(
  process.env["PIXELGRAD_REAL"] ?? fileURLToPath(new URL("../../../../shared/real", import.meta.url)),
  "models",
);
const real = ["seg_sinet_portrait", "seg_mediapipe_selfie"]
  .map((name) => resolve(folder, `${name}.onnx`))
  .filter((path) => existsSync(path))
  .map((path) => new Uint8Array(readFileSync(path)));

/** Every use of a file that does not run it. */
function useAll(bytes: Uint8Array): void {
  const model = OnnxModel.parse(bytes, "mutated");
  void [model.inputs, model.outputs, model.opset, model.metadata];
  const names = model.graph.initializer.map(({ name }) => name);
  for (const name of [...names, ...model.graph.node.flatMap(({ output }) => output)]) {
    attempt(() => model.withParameters(new Map([[name, model.parameter(name)]])));
  }
  attempt(() => inspect(model));
  attempt(() => replaceClassifier(model, { channels: 4, seed: 1 }));
  expect(OnnxModel.parse(model.toBytes()).graph.node.length).toBe(model.graph.node.length);
}

/** Anything but a coded error is thrown on. */
function attempt(use: () => unknown): boolean {
  try {
    use();
    return true;
  } catch (error) {
    if (!isPixelgradError(error)) throw error;
    return false;
  }
}

function fuzz(
  originals: readonly Uint8Array[],
  count: number,
  seed: number,
): { legal: number; slowest: number } {
  const random = seededRandom(seed);
  let [legal, slowest] = [0, 0];
  for (let i = 0; i < count; i++) {
    const bytes = mutated(originals[i % originals.length] as Uint8Array, [...small, ...real], random);
    const start = performance.now();
    try {
      if (attempt(() => useAll(bytes))) legal++;
    } catch (error) {
      throw new Error(`mutation ${i} of seed ${seed}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return { legal, slowest };
}

test(`${runs} mutated small models give coded errors or models, each within a second`, {
  timeout: 3_600_000,
}, () => {
  const { legal, slowest } = fuzz(small, Math.round(runs * (1 - REAL_SHARE)), 1);
  expect(slowest).toBeLessThan(SLOW);
  // Enough of both kinds, or the mutations are too strong or too weak to tell anything.
  expect(legal / runs).toBeGreaterThan(0.05);
  expect(legal / runs).toBeLessThan(0.95);
});

test.skipIf(real.length === 0)(
  `${runs * REAL_SHARE} mutated real models give coded errors or models, each within a second`,
  { timeout: 3_600_000 },
  () => {
    expect(fuzz(real, Math.round(runs * REAL_SHARE), 2).slowest).toBeLessThan(SLOW);
  },
);
