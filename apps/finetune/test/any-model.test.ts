/** `simplify`, and `inspect` of models that segment nothing. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@pixelgrad/core/testing";
import {
  buildModel,
  elementType,
  floatTensor,
  intTensor,
  node,
  OnnxModel,
  rawTensor,
  readModelCard,
  valueInfo,
  writeModelCard,
} from "@pixelgrad/onnx";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command } from "./run-command.ts";

let folder: string;
const path = (name: string): string => join(folder, `${name}.onnx`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelgrad-any-model-"));
  await segmenter().save(path("segmenter"));
  await classifier([1, 3, 16, 16]).save(path("classifier"));
  await classifier(["n", 3, "h", "w"]).save(path("open"));
});
afterAll(() => rm(folder, { recursive: true }));

const random = seededRandom(6);
const weights = (name: string, dims: readonly number[]) => {
  const count = dims.reduce((a, b) => a * b, 1);
  return floatTensor(
    name,
    dims,
    Float32Array.from({ length: count }, () => random() - 0.5),
  );
};

/** Classes at every pixel, resized to whatever size the image has. */
function segmenter(): OnnxModel {
  const model = OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w0"], ["c0"], { strides: [2, 2], pads: [1, 1, 1, 1] }),
        node("Relu", ["c0"], ["r0"]),
        node("Conv", ["r0", "w1"], ["low"]),
        node("Shape", ["image"], ["shape"]),
        node("Slice", ["shape", "two", "four"], ["plane"]),
        node("Concat", ["depth", "plane"], ["sizes"], { axis: 0 }),
        node("Resize", ["low", "", "", "sizes"], ["logits"], { mode: "linear" }),
      ],
      inputs: [valueInfo("image", ["n", 3, "h", "w"])],
      outputs: [valueInfo("logits", ["n", 2, "h", "w"])],
      initializers: [
        weights("w0", [4, 3, 3, 3]),
        weights("w1", [2, 4, 1, 1]),
        intTensor("two", [2]),
        intTensor("four", [4]),
        intTensor("depth", [1, 2]),
      ],
      opset: 13,
    }),
  );
  return writeModelCard(model, {
    names: ["ground", "square"],
    palette: [
      [0, 0, 0],
      [255, 0, 0],
    ],
    preprocess: { color: "rgb", mean: [0, 0, 0], std: [1, 1, 1], size: [16, 16] },
  });
}

/** Five classes of an image, from features at a half and a quarter of it. */
function classifier(dims: readonly (number | string)[]): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w0"], ["c0"], { strides: [2, 2] }),
        node("Relu", ["c0"], ["half"]),
        node("Conv", ["half", "w1"], ["c1"], { strides: [2, 2] }),
        node("Relu", ["c1"], ["quarter"]),
        node("GlobalAveragePool", ["quarter"], ["pooled"]),
        node("Flatten", ["pooled"], ["vector"]),
        node("Gemm", ["vector", "w2"], ["scores"]),
      ],
      inputs: [valueInfo("image", dims)],
      outputs: [valueInfo("scores", [dims[0] as number, 5])],
      initializers: [weights("w0", [6, 3, 1, 1]), weights("w1", [8, 6, 1, 1]), weights("w2", [8, 5])],
      opset: 13,
    }),
  );
}

/** The scores behind an If whose condition is a constant. */
function withBranch(model: OnnxModel): OnnxModel {
  const branch = (op: string, name: string) => {
    const { graph } = buildModel({
      nodes: [node(op, ["scores"], [name])],
      inputs: [],
      outputs: [valueInfo(name)],
    });
    return { type: 5, ...(graph && { g: graph }) };
  };
  const chosen = node("If", ["yes"], ["chosen"], { then_branch: [], else_branch: [] });
  const branches = [branch("Identity", "same"), branch("Neg", "turned")];
  chosen.attribute.forEach((attribute, i) => {
    Object.assign(attribute, branches[i]);
  });
  return model.withGraph({
    node: [...model.graph.node, chosen],
    initializer: [...model.graph.initializer, rawTensor("yes", [], elementType.bool, Uint8Array.of(1))],
    output: [valueInfo("chosen", [1, 5])],
  });
}

describe("simplify", () => {
  test("writes the model for one size, prints what went, and inspect works on it", async () => {
    const out = path("simple");
    const done = await command("simplify", path("segmenter"), "--size", "24x16", "--out", out);
    expect(done).toEqual({
      code: 0,
      err: "",
      out: [
        "graph       7 → 4 nodes",
        "gone        Concat (1), Shape (1), Slice (1)",
        "input       image [1, 3, 24, 16] NCHW",
        `model       ${out}`,
        "",
      ].join("\n"),
    });
    const seen = await command("inspect", out, "--json");
    expect(JSON.parse(seen.out)).toMatchObject({
      input: { dims: [1, 3, 24, 16] },
      output: { name: "logits", kind: "logits" },
      channels: 2,
      names: ["ground", "square"],
    });
  });

  test("takes the model's own size unless told another, and prints JSON", async () => {
    const out = path("own-size");
    const done = await command("simplify", path("segmenter"), "--json", "--out", out);
    expect(JSON.parse(done.out)).toEqual({
      model: path("segmenter"),
      out,
      input: { name: "image", dims: [1, 3, 16, 16], type: "float32", layout: "NCHW" },
      nodes: { before: 7, after: 4 },
      operators: ["Concat", "Shape", "Slice"].map((op) => ({ op, before: 1, after: 0 })),
    });
    expect((await OnnxModel.load(out)).metadata).toEqual((await OnnxModel.load(path("segmenter"))).metadata);
  });

  test("keeps the card, with the new size where it tells one", async () => {
    const out = path("resized");
    await command("simplify", path("segmenter"), "--size", "24x16", "--out", out);
    const [before, after] = [await OnnxModel.load(path("segmenter")), await OnnxModel.load(out)];
    const card = readModelCard(before);
    expect(readModelCard(after)).toEqual({ ...card, preprocess: { ...card?.preprocess, size: [24, 16] } });
  });

  test("replaces a file that is there, be it the model itself, and leaves no other behind", async () => {
    const itself = path("itself");
    await writeFile(itself, await readFile(path("segmenter")));
    expect((await command("simplify", itself, "--out", itself)).code).toBe(0);
    expect((await OnnxModel.load(itself)).graph.node.length).toBe(4);
    expect((await readdir(folder)).filter((file) => !file.endsWith(".onnx"))).toEqual([]);
  });

  test("works on a classifier too", async () => {
    const done = await command("simplify", path("open"), "--size", "32", "--out", path("small"));
    expect(done.code).toBe(0);
    expect((await OnnxModel.load(path("small"))).inputs[0]?.dims).toEqual([1, 3, 32, 32]);
  });

  test.each([
    [
      "an open size exits 1 and asks for --size",
      "open",
      [],
      1,
      "give --size <height>x<width>. [INPUT_SIZE_UNKNOWN]",
    ],
    ["another size than the model's exits 1", "classifier", ["--size", "8x8"], 1, "[MODEL_UNSUPPORTED]"],
    ["a size that is none exits 2", "open", ["--size", "8x"], 2, "such as 512x384"],
    ["a model that is not there exits 1", "nowhere", ["--size", "8x8"], 1, "[MODEL_NOT_FOUND]"],
  ] as const)("%s, and writes nothing", async (_, model, size, code, message) => {
    const done = await command("simplify", path(model), ...size, "--out", path("unwritten"));
    expect(done).toMatchObject({ code, out: "", err: expect.stringContaining(message) });
    expect(await readdir(folder)).not.toContain("unwritten.onnx");
  });

  test("without --out exits 2, and a folder that is not there 1", async () => {
    expect((await command("simplify", path("classifier"))).code).toBe(2);
    const done = await command("simplify", path("classifier"), "--out", join(folder, "no", "where.onnx"));
    expect(done).toMatchObject({ code: 1, err: expect.stringContaining("[MODEL_NOT_SAVED]") });
  });
});

const features = [
  { name: "half", dims: [1, 6, 8, 8], stride: 2, parameters: 18, multiplyAdds: 18 * 64 },
  { name: "quarter", dims: [1, 8, 4, 4], stride: 4, parameters: 66, multiplyAdds: 18 * 64 + 48 * 16 },
];

describe("inspect of a model without a segmentation output", () => {
  test("prints its outputs, the features a head could start from, and how", async () => {
    const { code, out } = await command("inspect", path("classifier"));
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "graph       7 nodes, operator set 13",
      "input       image [1, 3, 16, 16] NCHW",
      "output      scores [1, 5] float32",
      "hint        no segmentation output: train --head <linear|fcn|lraspp|deeplabv3+> --features <names> puts a new head on tensors of the model",
      "",
      "--features  stride  parameters before  multiply-adds before  dims",
      "half             2                 18                 0.0 M  [1, 6, 8, 8]",
      "quarter          4                 66                 0.0 M  [1, 8, 4, 4]",
      "",
    ]);
  });

  test("prints the same as JSON", async () => {
    const { code, out } = await command("inspect", path("classifier"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      model: path("classifier"),
      opset: 13,
      nodes: 7,
      input: { name: "image", dims: [1, 3, 16, 16], type: "float32", layout: "NCHW" },
      outputs: [{ name: "scores", dims: [1, 5], type: "float32" }],
      output: null,
      features,
      names: null,
      preprocess: null,
    });
  });

  test("that leaves its size open: asks for it, and takes it", async () => {
    const asked = await command("inspect", path("open"));
    expect(asked).toMatchObject({
      code: 0,
      out: expect.stringContaining("features    give --size to see them\n"),
    });
    const { out } = await command("inspect", path("open"), "--size", "16x16", "--json");
    expect(JSON.parse(out).features).toEqual(features);
  });

  test("that has an If, hints at simplify, after which there is none", async () => {
    const branched = path("branched");
    await withBranch(await OnnxModel.load(path("classifier"))).save(branched);
    const hint = "an If may hide a segmentation output: try simplify";
    expect((await command("inspect", branched)).out).toContain(`\nhint        ${hint}`);
    expect((await command("simplify", branched, "--out", branched)).out).toContain("If (1)");
    const { code, out } = await command("inspect", branched);
    expect(code).toBe(0);
    expect(out).not.toContain(hint);
  });
});

describe("inspect of a model with a segmentation output", () => {
  test("shows features only when asked, with its cuts", async () => {
    const plain = await command("inspect", path("segmenter"));
    expect(plain.out).toContain("--trainable");
    expect(plain.out).not.toContain("--features");
    const asked = await command("inspect", path("segmenter"), "--features");
    expect(asked.out.startsWith(plain.out)).toBe(true);
    expect(asked.out.slice(plain.out.length)).toMatch(
      /^\n--features {2}stride .*\nr0 +2 +108 .* \[1, 4, 8, 8\]\n$/,
    );
    expect(JSON.parse((await command("inspect", path("segmenter"), "--json")).out).features).toBe(null);
  });

  test("whose layers cannot be trained exits 1, and with --features shows why and where a head could start", async () => {
    const model = await OnnxModel.load(path("segmenter"));
    const odd = path("odd");
    const nodes = model.graph.node.flatMap((made) => {
      if (made.output[0] !== "low") return [made];
      return [Object.assign(made, { output: ["lower"] }), node("Mul", ["lower", "lower"], ["low"])];
    });
    await model.withGraph({ node: nodes }).save(odd);
    const refused = await command("inspect", odd);
    expect(refused).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("[CLASSIFIER_UNSUPPORTED]"),
    });
    const { code, out } = await command("inspect", odd, "--features");
    expect(code).toBe(0);
    expect(out).toMatch(/\nclassifier {2}The head of the model cannot be trained because of Mul/);
    expect(out).toMatch(/\nhint {8}train --head /);
  });
});
