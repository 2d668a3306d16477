/** Public models that nobody here made; see PIXELGRAD_REAL in the README. */
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { elementCount, type Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { imageInput, inspect, OnnxModel, openSession, valueInfo } from "@pixelgrad/onnx";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./run-command.ts";

const models = resolve(
  process.env["PIXELGRAD_REAL"] ?? fileURLToPath(new URL("../../../../shared/real", import.meta.url)),
  "models",
);
const files = existsSync(models) ? readdirSync(models).filter((file) => file.endsWith(".onnx")) : [];

/** For the one that leaves its size open. */
const openSize = "96x160";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelgrad-real-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Where a sigmoid follows, what it makes of noise is too small to compare. */
function compared(model: OnnxModel): readonly string[] {
  try {
    return [inspect(model).logits];
  } catch {
    return model.outputs.map(({ name }) => name);
  }
}

/** Logits, or all outputs of a model without any, for one image of random numbers; those of float16 in float32. */
async function results(model: OnnxModel, dims: readonly number[]): Promise<Float32Array[]> {
  const names = compared(model);
  const described = new Map(model.graph.output.map((value) => [value.name, value]));
  const output = names.map(
    (name) => described.get(name) ?? Object.assign(valueInfo(name), { type: undefined }),
  );
  const session = await openSession(model.withGraph({ output }).toBytes());
  try {
    const { name, type } = imageInput(model);
    const values = uniformArray(seededRandom(1), elementCount(dims));
    // Bits of numbers from 0.5 to 1.
    const halves = () => Uint16Array.from(values, (v) => 0x3800 + Math.round(512 * (v + 1)));
    const feeds: Record<string, Tensor> = { [name]: { data: type === "float16" ? halves() : values, dims } };
    const made = await session.run(feeds);
    return names.map((name) => {
      const data = made[name]?.data;
      return data instanceof Uint16Array ? Float32Array.from(data, fromHalf) : (data as Float32Array);
    });
  } finally {
    await session.release();
  }
}

function fromHalf(half: number): number {
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return half & 0x8000 ? -size : size;
}

describe.skipIf(files.length === 0)("real models", () => {
  test.each(files)(
    "%s simplified gives its logits or outputs within 1e-4 of the largest, and is inspected",
    async (file) => {
      const path = resolve(models, file);
      const out = join(folder, file);
      const original = await OnnxModel.load(path);
      const isOpen = imageInput(original).dims.filter((dim) => typeof dim === "number").length < 3;
      const size = isOpen ? ["--size", openSize] : [];
      const done = await command("simplify", path, ...size, "--out", out, "--json");
      expect(done).toMatchObject({ code: 0, err: "" });
      const facts = JSON.parse(done.out) as {
        readonly input: { readonly dims: readonly number[] };
        readonly nodes: { readonly before: number; readonly after: number };
      };
      expect(facts.nodes.after).toBeLessThanOrEqual(facts.nodes.before);
      const simple = await OnnxModel.load(out);
      const expected = await results(original, facts.input.dims);
      const got = await results(simple, facts.input.dims);
      expect(got.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
      got.forEach((values, i) => {
        expect(relativeError(values, expected[i] as Float32Array)).toBeLessThan(1e-4);
      });
      const [first, second] = [path, out].map((model) => command("inspect", model, ...size, "--json"));
      const [seen, again] = [JSON.parse((await first)?.out ?? ""), JSON.parse((await second)?.out ?? "")];
      expect([again.output?.kind, again.channels]).toEqual([seen.output?.kind, seen.channels]);
      expect(again.cuts ?? again.features).not.toHaveLength(0);
    },
  );

  test.each(files.filter((file) => !file.startsWith("seg_")))(
    "%s, which segments nothing, shows where a head could start",
    async (file) => {
      const { code, out } = await command("inspect", resolve(models, file));
      expect(code).toBe(0);
      expect(out).toContain("no segmentation output: train --head");
      expect(out.split("--features  ")[1]?.trim().split("\n").length).toBeGreaterThan(3);
    },
  );
});
