/** The commands on real files, sessions and threads; each trains for a second at most. */
import { spawn } from "node:child_process";
import { readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { relativeError } from "@pixelgrad/core/testing";
import { type ModelDiff, node, OnnxModel } from "@pixelgrad/onnx";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./run-command.ts";
import { tinyProject } from "./street-data.ts";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
let folder: string;
let binary: string;

beforeAll(async () => {
  folder = await tinyProject();
  binary = await tinyProject({ binary: true });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(binary, { recursive: true });
});

function trainArguments(from: string, out: string, ...more: readonly string[]): string[] {
  const paths = [
    "--model",
    join(from, "model.onnx"),
    "--data",
    join(from, "data.yaml"),
    "--out",
    join(from, out),
  ];
  return ["train", ...paths, "--epochs", "6", "--batch", "4", "--lr", "0.1", ...more];
}

describe("train", () => {
  test.each([
    "cross-entropy + dice",
    // Of each image, of ranks over the batch, of ranks in each image, of distances.
    "tversky(accumulate=image) + 0.1*lovasz-softmax",
    "top-k(percent=50) + lovasz-softmax(accumulate=image)",
    "cross-entropy + 0.01*boundary + 0.001*hausdorff-dt",
  ])("writes byte-identical models for 1, 2 and 3 threads with %s", async (loss) => {
    const models: Buffer[] = [];
    for (const threads of ["1", "2", "3"]) {
      const done = await command(
        ...trainArguments(folder, `run${threads}`, "--threads", threads, "--loss", loss),
      );
      expect(done).toMatchObject({ code: 0 });
      models.push(await readFile(join(folder, `run${threads}`, "model.onnx")));
    }
    expect(models[1]?.equals(models[0] as Buffer)).toBe(true);
    expect(models[2]?.equals(models[0] as Buffer)).toBe(true);
  });

  test("the saved model gives the mIoU that training reported, within 1e-12, and its run folder is whole", async () => {
    await command(...trainArguments(folder, "whole", "--threads", "2", "--epochs", "60"));
    const files = await readdir(join(folder, "whole"));
    expect(files.sort()).toEqual(["config.json", "last.onnx", "metrics.jsonl", "model.onnx", "report.html"]);
    const lines = (await readFile(join(folder, "whole", "metrics.jsonl"), "utf8")).trim().split("\n");
    const best = Math.max(...lines.map((line) => (JSON.parse(line) as { miou: number }).miou));
    const { out } = await command(
      ...[
        "evaluate",
        "--model",
        join(folder, "whole", "model.onnx"),
        "--data",
        join(folder, "data.yaml"),
        "--json",
      ],
    );
    expect(Math.abs((JSON.parse(out) as { miou: number }).miou - best)).toBeLessThan(1e-12);
    expect(best).toBeGreaterThan(0.8);
  });

  test.each([
    "binary-cross-entropy",
    "focal",
    "dice",
    "binary-cross-entropy + dice",
    "lovasz-hinge",
    "top-k(base=binary-cross-entropy, percent=50)",
    "binary-cross-entropy + 0.01*boundary",
  ])("one channel learns a binary mask with %s, IoU above 0.7", async (loss) => {
    const { code } = await command(
      ...trainArguments(binary, "one", "--channels", "1", "--epochs", "60", "--loss", loss),
    );
    expect(code).toBe(0);
    const { out } = await command(
      ...[
        "evaluate",
        "--model",
        join(binary, "one", "model.onnx"),
        "--data",
        join(binary, "data.yaml"),
        "--json",
      ],
    );
    expect((JSON.parse(out) as { iou: number[] }).iou[1]).toBeGreaterThan(0.7);
  });

  test("a new classifier's bias starts at the log odds of the foreground, within 1e-5", async () => {
    await command(...trainArguments(binary, "still", "--channels", "1", "--lr", "1e-9", "--epochs", "1"));
    const model = await OnnxModel.load(join(binary, "still", "last.onnx"));
    // Squares of 8 x 8 in images of 16 x 16 are a quarter of the pixels.
    expect(relativeError(model.parameter("b1").data, [Math.log(1 / 3)])).toBeLessThan(1e-5);
  });

  test("a classifier that has as many channels already keeps its bias, within 1e-6", async () => {
    await command(...trainArguments(binary, "first", "--channels", "1", "--epochs", "1"));
    const first = join(binary, "first", "last.onnx");
    await command(
      ...["train", "--model", first, "--data", join(binary, "data.yaml"), "--out", join(binary, "again")],
      ...["--channels", "1", "--lr", "1e-9", "--epochs", "1"],
    );
    const biases = await Promise.all(
      [first, join(binary, "again", "last.onnx")].map(
        async (path) => (await OnnxModel.load(path)).parameter("b1").data,
      ),
    );
    expect(relativeError(biases[1] as Float32Array, biases[0] as Float32Array)).toBeLessThan(1e-6);
  });

  test("an interrupted run exits 130, wherever it is", { timeout: 60_000 }, async () => {
    for (const delay of [100, 400, 700, 1000, 1300, 1600]) {
      const args = trainArguments(folder, "stopped", "--threads", "2", "--epochs", "100000");
      const child = spawn(process.execPath, [main, ...args], { stdio: "ignore" });
      const end = new Promise<number | string | null>((resolve) => {
        child.on("exit", (code, signal) => resolve(code ?? signal));
      });
      setTimeout(() => child.kill("SIGINT"), delay);
      // Before the first line of the program runs, Node itself dies of the signal.
      expect([130, "SIGINT"]).toContain(await end);
    }
  });
});

describe("train --resize", () => {
  const trained = (out: string, ...more: readonly string[]) =>
    command(...trainArguments(folder, out, "--resize", "align-corners", "--epochs", "30", ...more));

  test("trains through the resize it ships: evaluate gives its mIoU within 1e-12, above 0.8, and inspect names it", async () => {
    const done = await trained("corners");
    expect(done).toMatchObject({ code: 0 });
    const model = join(folder, "corners", "model.onnx");
    const lines = (await readFile(join(folder, "corners", "metrics.jsonl"), "utf8")).trim().split("\n");
    const best = Math.max(...lines.map((line) => (JSON.parse(line) as { miou: number }).miou));
    const { out } = await command(
      ...["evaluate", "--model", model, "--data", join(folder, "data.yaml"), "--json"],
    );
    expect(Math.abs((JSON.parse(out) as { miou: number }).miou - best)).toBeLessThan(1e-12);
    expect(best).toBeGreaterThan(0.8);
    expect((await command("inspect", join(folder, "model.onnx"))).out).toMatch(
      /tail +Resize half-pixel linear\n/,
    );
    expect((await command("inspect", model)).out).toMatch(/tail +two MatMuls align-corners linear x2\n/);
    const config = JSON.parse(await readFile(join(folder, "corners", "config.json"), "utf8"));
    expect(config).toMatchObject({ resize: "align-corners" });
  });

  test("writes byte-identical models for 1 and 2 threads", async () => {
    const models: Buffer[] = [];
    for (const threads of ["1", "2"]) {
      await trained(`corners${threads}`, "--threads", threads, "--epochs", "3");
      models.push(await readFile(join(folder, `corners${threads}`, "model.onnx")));
    }
    expect(models[1]?.equals(models[0] as Buffer)).toBe(true);
  });

  test("a model that has no final resize exits 1, says so, and writes nothing", async () => {
    const model = await OnnxModel.load(join(folder, "model.onnx"));
    const small = join(folder, "small.onnx");
    const nodes = model.graph.node.filter(({ opType }) => opType !== "Resize");
    await model.withGraph({ node: [...nodes, node("Identity", ["c1"], ["logits"])] }).save(small);
    const done = await trained("none", "--model", small);
    expect(done.code).toBe(1);
    expect(done.err).toContain(
      "there is no final Resize to change: leave out --resize. [RESIZE_UNSUPPORTED]",
    );
    expect(await readdir(folder)).not.toContain("none");
  });

  test("other coordinates exit 2, and inspect hints at asymmetric ones", async () => {
    expect((await trained("x", "--resize", "asymmetric")).code).toBe(2);
    const model = await OnnxModel.load(join(folder, "model.onnx"));
    const shifted = join(folder, "shifted.onnx");
    const nodes = model.graph.node.map((old) =>
      old.opType === "Resize"
        ? node("Resize", old.input, old.output, {
            mode: "linear",
            coordinate_transformation_mode: "asymmetric",
          })
        : old,
    );
    await model.withGraph({ node: nodes }).save(shifted);
    const { out } = await command("inspect", shifted);
    expect(out).toMatch(/tail +Resize asymmetric linear\nhint .*--resize half-pixel\n/);
  });
});

describe("diff", () => {
  const original = () => join(folder, "model.onnx");
  const trained = (out: string, ...more: readonly string[]) =>
    command(...trainArguments(folder, out, "--epochs", "1", "--threads", "1", ...more));

  beforeAll(async () => {
    await trained("first");
  });

  test("tells what training for another number of classes changed: classifier, sizes and metadata", async () => {
    const { code, out } = await command("diff", original(), join(folder, "first", "model.onnx"));
    expect(code).toBe(0);
    expect(out.replace(/(preprocess) .*/, "$1").split("\n")).toEqual([
      "tensors   3 changed, 4 unchanged",
      "  ~ w1 float32 [3, 8, 1, 1] → [2, 8, 1, 1]",
      "  ~ b1 float32 [3] → [2]",
      "  ~ size int64 [4]: 1 of 4 numbers, by 1 at most",
      "outputs   1 changed",
      "  ~ logits float32 [1, 3, 16, 16] → [1, 2, 16, 16]",
      "metadata  4 added",
      "  + pixelgrad.version 1",
      '  + pixelgrad.names ["ground","square"]',
      "  + pixelgrad.palette [[0,0,0],[128,0,0]]",
      "  + pixelgrad.preprocess",
      "",
    ]);
  });

  test("of a model and one trained from it: the numbers of the classifier alone, and every other byte is the same", async () => {
    const first = join(folder, "first", "model.onnx");
    await trained("second", "--model", first);
    const second = join(folder, "second", "model.onnx");
    const { code, out } = await command("diff", first, second, "--json");
    expect(code).toBe(0);
    const diff = JSON.parse(out) as ModelDiff;
    expect(diff.tensors.changed.map(({ name }) => name)).toEqual(["w1", "b1"]);
    const nothing = { added: [], removed: [], changed: [] };
    expect(diff).toMatchObject({
      tensors: { added: [], removed: [], unchanged: 5 },
      nodes: { ...nothing, unchanged: 4 },
      inputs: nothing,
      outputs: nothing,
      metadata: { ...nothing, unchanged: 4 },
      opsets: nothing,
      other: [],
      same: false,
    });
    const [before, after] = [await OnnxModel.load(first), await OnnxModel.load(second)];
    const { largestChange } = diff.tensors.changed[0] as ModelDiff["tensors"]["changed"][number];
    const [from, to] = [before.parameter("w1").data, after.parameter("w1").data];
    expect(largestChange).toBe(Math.max(...from.map((v, i) => Math.abs(v - (to[i] as number)))));
    const classifier = new Map(["w1", "b1"].map((name) => [name, after.parameter(name)]));
    const patched = Buffer.from(before.withParameters(classifier).toBytes());
    expect(patched.equals(await readFile(second))).toBe(true);
  });

  test("says that there is none", async () => {
    const { code, out } = await command("diff", original(), original());
    expect([code, out]).toEqual([0, "no difference in 7 tensors and 4 nodes\n"]);
  });

  test("of a file that is none exits 1, and of one file 2", async () => {
    const none = await command("diff", original(), join(folder, "data.yaml"));
    expect(none.code).toBe(1);
    expect(none.err).toContain("MODEL_DAMAGED");
    expect((await command("diff", original())).code).toBe(2);
  });
});

describe("predict", () => {
  test("writes a mask and an overlay for each image", async () => {
    await command(...trainArguments(folder, "for-predict"));
    const out = join(folder, "masks-out");
    const model = join(folder, "for-predict", "model.onnx");
    const done = await command("predict", "--model", model, "--out", out, join(folder, "images", "val"));
    expect(done.code).toBe(0);
    expect((await readdir(out)).sort()).toEqual(["0.png", "1.png", "2.png", "3.png", "overlays"]);
    expect((await readdir(join(out, "overlays"))).sort()).toEqual(["0.png", "1.png", "2.png", "3.png"]);
  });
});

describe("images that share a name", () => {
  test("are refused before anything is written", async () => {
    await command(...trainArguments(folder, "for-names"));
    const out = join(folder, "collided");
    const paths = ["train", "val"].map((split) => join(folder, "images", split));
    const model = join(folder, "for-names", "model.onnx");
    const done = await command("predict", "--model", model, "--out", out, ...paths);
    expect(done.code).toBe(1);
    expect(done.err).toContain("IMAGE_NAMES_COLLIDE");
    expect(await readdir(folder)).not.toContain("collided");
  });
});

const required = ["--model", "a.onnx", "--data", "data.yaml", "--out", "run"];

describe("bad input", () => {
  test.each([
    ["an unknown option", ["train", ...required, "--nope"], 2, "unknown option"],
    ["an option that is not built yet", ["train", ...required, "--resume", "x"], 2, "unknown option"],
    ["an unknown command", ["doctor"], 2, "unknown command"],
    ["a model that is not there", ["inspect", "nowhere.onnx"], 1, "MODEL_NOT_FOUND"],
  ] as const)("%s", async (_what, args, code, message) => {
    const done = await command(...args);
    expect(done.code).toBe(code);
    expect(done.err).toContain(message);
  });

  test("an unknown loss exits 2 and names the nearest", async () => {
    const done = await command(...trainArguments(folder, "x", "--loss", "cros-entropy"));
    expect(done.code).toBe(2);
    expect(done.err).toContain("did you mean 'cross-entropy'");
  });

  test("a class count that does not fit exits 1", async () => {
    const done = await command(...trainArguments(folder, "x", "--channels", "5"));
    expect(done.code).toBe(1);
    expect(done.err).toContain("CLASS_COUNT_MISMATCH");
  });

  test("a damaged model exits 1 and writes nothing", async () => {
    const damaged = join(folder, "damaged.onnx");
    await writeFile(damaged, (await readFile(join(folder, "model.onnx"))).subarray(0, 700));
    const done = await command(
      ...["train", "--model", damaged, "--data", join(folder, "data.yaml"), "--out", join(folder, "nothing")],
    );
    expect(done.code).toBe(1);
    expect(await readdir(folder)).not.toContain("nothing");
  });

  test("black and white masks without binary exit 1 and name it, in train and evaluate", async () => {
    const unsaid = join(binary, "unsaid.yaml");
    await writeFile(
      unsaid,
      (await readFile(join(binary, "data.yaml"), "utf8")).replace(/^binary.*$/m, "names: [ground, square]"),
    );
    const model = join(binary, "model.onnx");
    const out = join(binary, "unsaid");
    for (const args of [
      ["train", "--model", model, "--data", unsaid, "--out", out],
      ["evaluate", "--model", model, "--data", unsaid],
    ]) {
      const done = await command(...args);
      expect(done.code).toBe(1);
      expect(done.err).toContain("MASKS_BLACK_AND_WHITE");
      expect(done.err).toContain("binary: { threshold: 128 }");
    }
    expect(await readdir(binary)).not.toContain("unsaid");
  });

  test("an image without its mask, and a mask value that is no class, exit 1 and name the file", async () => {
    const broken = await tinyProject();
    await writeFile(
      join(broken, "data.yaml"),
      (await readFile(join(broken, "data.yaml"), "utf8")).replace("ground, square", "ground"),
    );
    const value = await command(...trainArguments(broken, "x", "--channels", "1"));
    expect(value.code).toBe(1);
    await unlink(join(broken, "masks", "train", "3.png"));
    const missing = await command(...trainArguments(broken, "x"));
    expect(missing.code).toBe(1);
    expect(missing.err).toContain("MASK_NOT_FOUND");
    await rm(broken, { recursive: true });
  });
});
