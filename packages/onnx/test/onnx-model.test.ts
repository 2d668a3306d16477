import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPixelgradError } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  floatTensor,
  inspect,
  node,
  OnnxModel,
  openSession,
  readModelCard,
  valueInfo,
  writeModelCard,
} from "@pixelgrad/onnx";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { segmentationNetwork } from "./support/networks.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelgrad-onnx-"));
});
afterAll(() => rm(folder, { recursive: true }));

const network = segmentationNetwork({ channels: 3, tail: "softmax" });
const image = { data: uniformArray(seededRandom(1), 192), dims: [1, 3, 8, 8] };

async function run(bytes: Uint8Array): Promise<unknown> {
  const session = await openSession(bytes);
  try {
    return (await session.run({ image }))["out"]!.data;
  } finally {
    await session.release();
  }
}

/** The code of the error, "none" without one; anything but a coded error is thrown on. */
function codeOf(use: () => unknown): string {
  try {
    use();
    return "none";
  } catch (error) {
    if (!isPixelgradError(error)) throw error;
    return error.code;
  }
}

function everyView(bytes: Uint8Array): void {
  const model = OnnxModel.parse(bytes, "damaged");
  void [model.inputs, model.outputs, model.opset, model.metadata];
  for (const { name } of model.graph.initializer) codeOf(() => model.parameter(name));
  codeOf(() => readModelCard(model));
  inspect(model);
}

describe("damaged bytes", () => {
  test.each([
    ["no bytes", new Uint8Array(0)],
    ["bytes of text", new TextEncoder().encode("this is no model, it is a sentence")],
    ["zeros", new Uint8Array(100)],
    ["a model without a graph", OnnxModel.of({ ...network.proto, graph: undefined } as never).toBytes()],
    ["a graph without nodes", network.withGraph({ node: [] }).toBytes()],
    ["no operator set", OnnxModel.of({ ...network.proto, opsetImport: [] }).toBytes()],
  ])("are refused with MODEL_DAMAGED and the model's name: %s", (_, bytes) => {
    expect(() => OnnxModel.parse(bytes, "mine.onnx")).toThrow(
      expect.objectContaining({
        code: "MODEL_DAMAGED",
        context: { model: "mine.onnx", reason: expect.any(String) },
        message: expect.stringContaining("mine.onnx"),
      }),
    );
  });

  test("cut short anywhere give a coded error or a model, never another exception", () => {
    const bytes = network.toBytes();
    for (let length = 0; length < bytes.length; length++) codeOf(() => everyView(bytes.slice(0, length)));
    expect(codeOf(() => OnnxModel.parse(bytes.slice(0, bytes.length / 2)))).toBe("MODEL_DAMAGED");
  });

  test("with any one of 2000 random bytes changed give a coded error or a model, never another exception", () => {
    const random = seededRandom(4);
    const bytes = network.toBytes();
    for (let i = 0; i < 2000; i++) {
      const changed = bytes.slice();
      changed[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      codeOf(() => everyView(changed));
    }
  });

  test("at random, 1000 times, give a coded error or a model, never another exception", () => {
    const random = seededRandom(6);
    for (let i = 0; i < 1000; i++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
      codeOf(() => everyView(bytes));
    }
  });

  test("that tie the nodes into a ring are refused with a code, not searched forever", () => {
    const ring = network.withGraph({
      node: [node("Identity", ["b"], ["out"]), node("Identity", ["out"], ["b"])],
    });
    expect(codeOf(() => inspect(ring))).not.toBe("none");
    expect(codeOf(() => ring.parameter("b"))).toBe("TENSOR_NOT_FOUND");
  });
});

describe("a file", () => {
  test("that is missing is MODEL_NOT_FOUND with its path", async () => {
    const path = join(folder, "nowhere", "model.onnx");
    await expect(OnnxModel.load(path)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND", context: { path } });
    await expect(OnnxModel.load(folder)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });

  test("keeps metadata of any name when other entries are added", () => {
    const tagged = network.withMetadata({ constructor: "x" }).withMetadata({ second: "time" });
    expect([...tagged.metadata]).toEqual([
      ["constructor", "x"],
      ["second", "time"],
    ]);
  });

  test("comes back from saving and loading with the same bytes, and no temporary file stays", async () => {
    const own = await mkdtemp(join(folder, "save-"));
    const path = join(own, "model.onnx");
    await network.save(path);
    await network.withMetadata({ second: "time" }).save(path);
    expect(await readdir(own)).toEqual(["model.onnx"]);
    const loaded = await OnnxModel.load(path);
    expect(loaded.metadata.get("second")).toBe("time");
    expect(loaded.name).toBe(path);
    expect(Buffer.compare(loaded.toBytes(), await readFile(path))).toBe(0);
  });

  test("that cannot be written leaves what was there, and no temporary file", async () => {
    const own = await mkdtemp(join(folder, "fail-"));
    const taken = join(own, "taken.onnx");
    await writeFile(join(await mkdtemp(`${taken}`), "inside"), "");
    const [directory] = await readdir(own);
    const error = await network.save(join(own, directory!)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(await readdir(own)).toEqual([directory]);
    expect(await readdir(join(own, directory!))).toEqual(["inside"]);
  });
});

describe("writing and reading again", () => {
  test("gives bit-equal outputs", async () => {
    const bytes = network.toBytes();
    const again = OnnxModel.parse(bytes).toBytes();
    expect(Buffer.compare(bytes, again)).toBe(0);
    expect(await run(again)).toEqual(await run(bytes));
  });

  test("keeps fields the format has since gained, in the model, its graph and its nodes", () => {
    // Field 2000, of text: tag 2000 << 3 | 2 as a varint, then the length.
    const text = new TextEncoder().encode("from the future");
    const field = Uint8Array.of(0x82, 0x7d, text.length, ...text);
    const bytes = network.withMetadata({ a: "b" }).toBytes();
    const extended = new Uint8Array([...bytes, ...field]);
    // A second graph field is merged into the first: its fields land in the graph.
    const nodeField = [0x0a, field.length, ...field];
    const graph = [0x3a, field.length + nodeField.length, ...field, ...nodeField];
    const model = OnnxModel.parse(new Uint8Array([...extended, ...graph]));
    const written = [
      model,
      model.withMetadata({ c: "d" }),
      model.withParameters(new Map([["head.b", { data: new Float32Array(3), dims: [3] }]])),
      model.withGraph({ output: [...model.graph.output] }),
    ].map((m) => Buffer.from(m.toBytes()).toString("latin1").split("from the future").length - 1);
    expect(written).toEqual([3, 3, 3, 3]);
  });
});

describe("metadata", () => {
  test("is added and replaced in another model, and the old one stays", () => {
    const model = network.withMetadata({ a: "1", b: "2" }).withMetadata({ b: "3", ключ: "✓" });
    expect([...OnnxModel.parse(model.toBytes()).metadata]).toEqual([
      ["a", "1"],
      ["b", "3"],
      ["ключ", "✓"],
    ]);
    expect(network.metadata.size).toBe(0);
  });

  const card = {
    names: ["background", "Straße"],
    palette: [
      [0, 0, 0],
      [255, 128, 1],
    ],
    preprocess: { mean: [0.5], size: [8, 8] },
  } as const;

  test("holds a model card that is read back whole from the bytes", () => {
    const model = OnnxModel.parse(writeModelCard(network, card).toBytes());
    expect(readModelCard(model)).toEqual(card);
    expect(readModelCard(network)).toBeUndefined();
  });

  test.each([
    ["pixelgrad.version", "2"],
    ["pixelgrad.names", "["],
    ["pixelgrad.names", "[1]"],
    ["pixelgrad.names", '"a"'],
    ["pixelgrad.palette", "[[1,2]]"],
    ["pixelgrad.palette", "[[1,2,256]]"],
    ["pixelgrad.palette", "{}"],
    ["pixelgrad.preprocess", "null"],
    ["pixelgrad.preprocess", "7"],
    ["pixelgrad.preprocess", ""],
  ])("with %s damaged to %j is METADATA_DAMAGED, naming the entry", (key, value) => {
    const model = writeModelCard(network, card).withMetadata({ [key]: value });
    expect(() => readModelCard(model)).toThrow(
      expect.objectContaining({ code: "METADATA_DAMAGED", context: { key } }),
    );
  });
});

/** y = x + w + c + d, with w in raw bytes, c in typed numbers, d in a Constant node. */
function threeKinds(): OnnxModel {
  const typed = Object.assign(floatTensor("c", [2], []), {
    floatData: new Uint8Array(Float32Array.of(3, 4).buffer),
  });
  // Unset, not empty: the runtime takes empty raw bytes for the data.
  Reflect.deleteProperty(typed, "rawData");
  const constant = node("Constant", [], ["d"], { value: [] });
  const { attribute } = constant;
  attribute.splice(0, 1, Object.assign(attribute[0]!, { type: 4, t: floatTensor("", [2], [5, 6]) }));
  return OnnxModel.of(
    buildModel({
      nodes: [constant, node("Identity", ["w"], ["w2"]), node("Sum", ["image", "w2", "c", "d"], ["out"])],
      inputs: [valueInfo("image", [2])],
      outputs: [valueInfo("out", [2])],
      initializers: [floatTensor("w", [2], [1, 2]), typed],
    }),
  );
}

describe("weights", () => {
  const pair = (a: number, b: number) => ({ data: Float32Array.of(a, b), dims: [2] });

  test("are read from raw bytes, typed numbers, Constant nodes and through Identity", () => {
    const model = OnnxModel.parse(threeKinds().toBytes());
    expect(["w", "w2", "c", "d"].map((name) => [...model.parameter(name).data])).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test("are replaced wherever they are kept, and the old model stays as it was", async () => {
    const model = OnnxModel.parse(threeKinds().toBytes());
    const changed = model.withParameters(
      new Map([
        ["w2", pair(10, 20)],
        ["c", pair(100, 200)],
        ["d", pair(1000, 2000)],
      ]),
    );
    const sum = async (m: OnnxModel): Promise<unknown> => {
      const session = await openSession(m.toBytes());
      const { out } = await session.run({ image: pair(0, 0) });
      await session.release();
      return out!.data;
    };
    expect(await sum(changed)).toEqual(Float32Array.of(1110, 2220));
    expect(await sum(model)).toEqual(Float32Array.of(9, 12));
    expect([...changed.parameter("d").data]).toEqual([1000, 2000]);
  });

  test("of another shape are refused with SHAPE_MISMATCH", () => {
    for (const dims of [[2], [1, 3], []]) {
      const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
      expect(() => network.withParameters(new Map([["head.b", { data, dims }]]))).toThrow(
        expect.objectContaining({ code: "SHAPE_MISMATCH", context: { expected: [3], got: dims } }),
      );
    }
  });

  test("that are not there are refused with TENSOR_NOT_FOUND and their name", () => {
    const missing = expect.objectContaining({ code: "TENSOR_NOT_FOUND", context: { name: "nothing" } });
    expect(() => network.parameter("nothing")).toThrow(missing);
    expect(() => network.withParameters(new Map([["nothing", pair(1, 2)]]))).toThrow(missing);
  });
});

test("inputs leave out initialisers that old files list as inputs too", () => {
  const model = network.withGraph({ input: [...network.graph.input, valueInfo("head.b", [3])] });
  expect(model.inputs).toEqual([{ name: "image", type: "float32", dims: [1, 3, 8, 8] }]);
});

describe("more than 2 GiB", () => {
  test("in one file is refused with MODEL_TOO_LARGE, before it is read", async () => {
    const path = join(folder, "vast.onnx");
    await writeFile(path, "");
    await truncate(path, 2 ** 31);
    await expect(OnnxModel.load(path)).rejects.toMatchObject({
      code: "MODEL_TOO_LARGE",
      context: { model: path, bytes: 2 ** 31, limit: 2 ** 31 - 1 },
      message: expect.stringContaining("external data"),
    });
  });

  test("in one array is refused with MODEL_TOO_LARGE, before it is made", () => {
    const numbers = floatTensor("", [2 ** 22], new Float32Array(2 ** 22));
    const many = Array.from({ length: 129 }, (_, i) =>
      Object.assign(floatTensor(`v${i}`, [0], []), {
        dims: numbers.dims,
        rawData: numbers.rawData,
      }),
    );
    const vast = network.withGraph({ initializer: [...network.graph.initializer, ...many] });
    expect(() => vast.toBytes()).toThrow(expect.objectContaining({ code: "MODEL_TOO_LARGE" }));
  });
});

describe("every operator set", () => {
  test.each(Array.from({ length: 18 }, (_, i) => 7 + i))(
    "%i is read, inspected, changed and run, with symbolic dims and two outputs",
    async (opset) => {
      const { graph } = network;
      const conv = graph.node.filter(({ opType }) => opType === "Conv");
      const model = OnnxModel.parse(
        OnnxModel.of(
          buildModel({
            nodes: [conv[0]!, node("Relu", ["c0"], ["features"]), conv[1]!],
            inputs: [valueInfo("image", ["batch", 3, "height", "width"])],
            outputs: [
              valueInfo("features", ["batch", 4, "h", "w"]),
              valueInfo("low", ["batch", 3, "h", "w"]),
            ],
            initializers: graph.initializer.filter(({ name }) => name !== "scales"),
            opset,
          }),
        ).toBytes(),
      );
      expect(model.opset).toBe(opset);
      expect(model.inputs[0]?.dims).toEqual(["batch", 3, "height", "width"]);
      expect(inspect(model)).toMatchObject({ channels: 3, output: { name: "low", kind: "logits" } });
      const bias = { data: Float32Array.of(1, 2, 3), dims: [3] };
      const session = await openSession(model.withParameters(new Map([["head.b", bias]])).toBytes());
      const results = await session.run({ image });
      await session.release();
      expect(Object.values(results).map(({ dims }) => dims)).toEqual([
        [1, 4, 4, 4],
        [1, 3, 4, 4],
      ]);
    },
  );
});
