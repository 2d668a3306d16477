/** Public models that nobody here made; see PIXELGRAD_REAL in the README. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { elementCount, type Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  attachHead,
  candidateFeatures,
  inFloat32,
  inspect,
  OnnxModel,
  openSession,
  replaceClassifier,
  replaceResize,
  trainingGraphs,
  valueInfo,
  verifyCut,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";

const folder = resolve(
  process.env["PIXELGRAD_REAL"] ?? fileURLToPath(new URL("../../../../shared/real", import.meta.url)),
  "models",
);
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".onnx")) : [];
const load = (name: string): Promise<OnnxModel> => OnnxModel.load(resolve(folder, `${name}.onnx`));

const voc = "seg_deeplabv3_mnv2dm05_voc21";
const person = "seg_deeplabv3_mnv2dm05_person";
const pan = "seg_pan_mnv3small_skin_clothes_hair";
const sinet = "seg_sinet_portrait";
const selfie = "seg_mediapipe_selfie";
const text = "seg_ppocrv2_text_det";
const sizes = { [voc]: [257, 257], [person]: [513, 513], [pan]: [512, 512], [sinet]: [320, 320] } as const;
const trainable = Object.entries(sizes) as [keyof typeof sizes, readonly [number, number]][];

function feedsFor(model: OnnxModel, size: readonly [number, number]): Record<string, Tensor<Float32Array>> {
  const { name, layout } = inspect(model).input;
  const dims = layout === "NHWC" ? [1, ...size, 3] : [1, 3, ...size];
  return { [name]: { data: uniformArray(seededRandom(1), elementCount(dims)), dims } };
}

async function run(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(bytes);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function bytesOf(tensor: Tensor | undefined): Buffer {
  if (tensor === undefined) throw new Error("the model has no such output");
  return Buffer.from(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
}

/** Float16 bits of numbers that are multiples of 1/256 of at most 1. */
function exactFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => {
    if (value === 0) return 0;
    const exponent = Math.floor(Math.log2(Math.abs(value)));
    const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024;
    return (value < 0 ? 0x8000 : 0) + (exponent + 15) * 1024 + fraction;
  });
}

function fromFloat16(half: number): number {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return half & 0x8000 ? -size : size;
}

/** Runs a model on random numbers in the types of its inputs; 1 image of 64 pixels where the file leaves dims open. */
async function runOnRandom(bytes: Uint8Array): Promise<Record<string, Tensor>> {
  const session = await openSession(bytes);
  try {
    const random = seededRandom(2);
    const feeds = session.inputs.map(({ name, type, dims: declared }) => {
      const dims = declared.map((dim, axis) =>
        typeof dim === "number" && dim > 0 ? dim : axis === 0 ? 1 : 64,
      );
      const values = uniformArray(random, elementCount(dims)).map((v) => Math.round(v * 256) / 256);
      const data = type === "float16" ? exactFloat16(values) : values;
      return [name, { data, dims }];
    });
    return await session.run(Object.fromEntries(feeds));
  } finally {
    await session.release();
  }
}

/** The runtime infers what it is not told. */
function untyped(name: string): ReturnType<typeof valueInfo> {
  return Object.assign(valueInfo(name), { type: undefined });
}

describe.skipIf(!existsSync(folder))("real models", { timeout: 60_000 }, () => {
  test("all are read and written with as many bytes", async () => {
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = await readFile(resolve(folder, file));
      expect(OnnxModel.parse(bytes).toBytes().length, file).toBe(bytes.length);
    }
  });

  test.each(files)("%s read and written gives bit-equal outputs", async (file) => {
    const original = await readFile(resolve(folder, file));
    const model = await OnnxModel.load(resolve(folder, file));
    const [before, after] = [await runOnRandom(original), await runOnRandom(model.toBytes())];
    expect(Object.keys(after)).toEqual(model.outputs.map(({ name }) => name));
    for (const { name } of model.outputs) {
      expect(after[name]?.dims).toEqual(before[name]?.dims);
      expect(bytesOf(after[name]).equals(bytesOf(before[name]))).toBe(true);
    }
  });

  test("squeezenet's float16 model in float32 gives its probabilities within 2^-10 of the largest, a float16 step", async () => {
    const model = await load("cls_squeezenet1_1_fp16");
    const wide = inFloat32(model);
    expect([...wide.inputs, ...wide.outputs].map(({ type }) => type)).toEqual(["float32", "float32"]);
    const [input] = wide.inputs as [(typeof wide.inputs)[number]];
    const dims = input.dims as number[];
    // Numbers that float16 holds exactly, so that both see one image.
    const data = uniformArray(seededRandom(1), elementCount(dims)).map((v) => Math.round(v * 256) / 256);
    const halves = Object.values(
      await run(model.toBytes(), { [input.name]: { data: exactFloat16(data), dims } }),
    )[0]?.data as Uint16Array;
    const expected = Array.from(halves, fromFloat16);
    const got = Object.values(await run(wide.toBytes(), { [input.name]: { data, dims } }))[0]?.data;
    expect(got?.length).toBe(1000);
    const largest = Math.max(...expected);
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - Number(got?.[i]))));
    expect(worst / largest).toBeLessThan(2 ** -10);
    expect(Array.from(got ?? [], Number).indexOf(Math.max(...Array.from(got ?? [], Number)))).toBe(
      expected.indexOf(largest),
    );

    const [name] = model.graph.initializer.map((tensor) => tensor.name) as [string];
    const weight = wide.parameter(name);
    expect(model.withParameters(new Map([[name, weight]])).parameter(name)).toEqual(weight);
  });

  test.each([
    [voc, "Relu__94:0", "Upsample__306:0", "logits", "NHWC", 21],
    [person, "concat_projection/Relu:0", "transpose:0", "logits", "NCHW", 2],
    [pan, "1266", "1272", "sigmoid", "NCHW", 3],
    [sinet, "818", "classifier/1", "logits", "NCHW", 2],
    [selfie, "add_13__xeno_compat__1:0", "segment_add:0", "sigmoid", "NHWC", 1],
    [text, "batch_norm_75.tmp_4", "elementwise_add_11.tmp_0", "sigmoid", "NCHW", 1],
  ] as const)("%s has its head found", async (name, features, logits, kind, layout, channels) => {
    expect(inspect(await load(name))).toMatchObject({
      classifier: { features },
      logits,
      output: { kind, layout },
      channels,
    });
  });

  test.each([
    ["cls_squeezenet1_1_fp16", "NO_SEGMENTATION_OUTPUT", /softmaxout_1 \[1, 1000, 1, 1\]/],
    ["cls_mobilenetv2_int8_dynamic", "NO_SEGMENTATION_OUTPUT", /output \[batch_size, 1000\]/],
    ["det_yolox_nano_coco", "NO_SEGMENTATION_OUTPUT", /output \[1, 3549, 85\]/],
  ] as const)("%s is refused with %s", async (name, code, message) => {
    const model = await load(name);
    expect(() => inspect(model)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test("the graphs of all 577 nodes of a model are built in less than 1 s of processor time", async () => {
    const model = await load("seg_ppocrv2_text_det");
    expect(model.graph.node.length).toBe(577);
    const { user, system } = process.cpuUsage();
    await trainingGraphs(model, { trainable: "all", size: [320, 320] });
    const spent = process.cpuUsage({ user, system });
    expect(spent.user + spent.system).toBeLessThan(1e6);
  });

  test.each(trainable)("%s cut at its classifier is the whole model within 1e-5", async (name, size) => {
    const model = await load(name);
    const graphs = await trainingGraphs(model, { trainable: "last", size });
    const image = Object.values(feedsFor(model, size))[0]?.data as Float32Array;
    const features = graphs.backbone && (await run(graphs.backbone, feedsFor(model, size)));
    const weights = Object.fromEntries(
      graphs.parameters.map(({ name, data, dims }) => [name, { data, dims }]),
    );
    const { data } = (await run(graphs.head, { ...features, ...weights }))[graphs.logits.name] as Tensor;
    const largest = (data as Float32Array).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect((await verifyCut(model, graphs, image)) / largest).toBeLessThan(1e-5);
  });

  test.each(trainable)(
    "%s: gradients of the classifier are within 1e-3 of differences along a random direction",
    async (name, size) => {
      const model = await load(name);
      const graphs = await trainingGraphs(model, { trainable: "last", size });
      const made = (await run(graphs.backbone as Uint8Array, feedsFor(model, size))) as Record<
        string,
        Tensor
      >;
      const known: Record<string, Tensor> = { ...made };
      for (const { name, data, dims } of graphs.parameters) known[name] = { data, dims };
      const random = seededRandom(4);
      const functional = uniformArray(random, elementCount(graphs.logits.dims));
      const gradient = await openSession(graphs.gradient);
      const head = await openSession(graphs.head);
      const feeds = gradient.inputNames.map((name) => [
        name,
        name === graphs.gradientInput ? { data: functional, dims: graphs.logits.dims } : known[name],
      ]);
      const grads = await gradient.run(Object.fromEntries(feeds));
      const got: number[] = [];
      const expected: number[] = [];
      for (const { name, data, dims } of graphs.parameters) {
        const direction = uniformArray(random, data.length);
        const step = 0.5;
        const at = async (t: number): Promise<number> => {
          const moved = { data: data.map((v, i) => v + t * (direction[i] as number)), dims };
          const logits = (await head.run({ ...known, [name]: moved }))[graphs.logits.name]?.data;
          return functional.reduce((sum, f, i) => sum + f * Number(logits?.[i]), 0);
        };
        expected.push(((await at(step)) - (await at(-step))) / (2 * step));
        const grad = grads[graphs.gradientOutputs[name] as string]?.data as Float32Array;
        got.push(grad.reduce((sum, g, i) => sum + g * (direction[i] as number), 0));
      }
      await gradient.release();
      await head.release();
      for (let i = 0; i < got.length; i++) {
        expect(relativeError([got[i] as number], [expected[i] as number])).toBeLessThan(1e-3);
      }
    },
  );

  test.each([voc, person, pan] as const)(
    "%s takes a half-pixel resize: the same names and dims, its classifier found behind it",
    async (name) => {
      const model = await load(name);
      const replaced = await replaceResize(model, "half-pixel");
      const [before, after] = [inspect(model), inspect(replaced)];
      expect(after).toMatchObject({ input: before.input, output: before.output, logits: before.logits });
      expect(after.classifier).toEqual(before.classifier);
      expect(after.resizes.at(-1)).toMatchObject({ op: "MatMul", mode: "linear", coordinates: "half-pixel" });
      const feeds = feedsFor(model, sizes[name]);
      const [old, made] = [await run(model.toBytes(), feeds), await run(replaced.toBytes(), feeds)];
      expect(made[after.output.name]?.dims).toEqual(old[before.output.name]?.dims);
      for (const tensor of replaced.graph.initializer) expect(model.graph.initializer).toContain(tensor);
    },
  );

  test("one without a final resize is told so", async () => {
    await expect(replaceResize(await load(sinet), "half-pixel")).rejects.toMatchObject({
      code: "RESIZE_UNSUPPORTED",
      message: expect.stringContaining("there is no final Resize to change: leave out --resize"),
    });
  });

  test.each(trainable.flatMap(([name, size]) => [1, 5].map((channels) => [name, channels, size] as const)))(
    "%s with %i channels runs by the same names, everything else as it was",
    async (name, channels, size) => {
      const model = await load(name);
      const replaced = replaceClassifier(model, { channels, seed: 1 });
      const [before, after] = [inspect(model), inspect(replaced)];
      expect(replaced.inputs).toEqual(model.inputs);
      expect(after.output.name).toBe(before.output.name);
      expect(after.channels).toBe(channels);
      const output = (await run(replaced.toBytes(), feedsFor(model, size)))[after.output.name];
      expect(output?.dims).toEqual(
        before.output.layout === "NHWC" ? [1, ...size, channels] : [1, channels, ...size],
      );
      const changed = new Set([before.classifier.weight, before.classifier.bias]);
      replaced.graph.initializer.forEach((tensor, i) => {
        if (!changed.has(tensor.name)) expect(tensor).toBe(model.graph.initializer[i]);
      });
      expect(replaced.graph.node.filter((node, i) => node !== model.graph.node[i])).toEqual([]);
    },
  );

  test.each([
    [selfie, [256, 256], "const_fold_opt__493"],
    [text, [64, 96], "conv2d_transpose_5.b_0"],
  ] as const)(
    "%s, which ends in a ConvTranspose, takes 3 channels instead of 1",
    async (name, size, bias) => {
      const model = await load(name);
      const replaced = replaceClassifier(model, { channels: 3, seed: 1 });
      const { classifier, output, channels } = inspect(replaced);
      expect(classifier).toMatchObject({ op: "ConvTranspose", weightAxis: 1, bias });
      expect([channels, output.kind]).toEqual([3, "softmax"]);
      const made = (await run(replaced.toBytes(), feedsFor(replaced, size)))[output.name];
      expect(made?.dims).toEqual(output.layout === "NHWC" ? [1, ...size, 3] : [1, 3, ...size]);
      expect(replaced.inputs).toEqual(model.inputs);
    },
  );

  const backbones = [
    ["det_yolox_nano_coco", 416, "linear", ["1028"]],
    ["det_yolox_nano_coco", 416, "lraspp", ["695", "1028"]],
    ["det_yolox_nano_coco", 416, "deeplabv3+", undefined],
    ["cls_squeezenet1_1_fp16", 224, "fcn", ["fire9/concat_1"]],
    ["cls_squeezenet1_1_fp16", 224, "lraspp", ["fire3/concat_1", "fire9/concat_1"]],
    ["cls_squeezenet1_1_fp16", 224, "deeplabv3+", undefined],
    ["cls_mobilenetv2_int8_dynamic", 224, "fcn", ["417"]],
    ["cls_mobilenetv2_int8_dynamic", 224, "lraspp", ["356", "463"]],
    ["cls_mobilenetv2_int8_dynamic", 224, "deeplabv3+", undefined],
  ] as const;
  test.each(backbones)(
    "%s of %i pixels becomes a segmentation model by a head %s on %j, its features bit-equal",
    async (name, side, head, features) => {
      const model = await load(name);
      const size = [side, side] as const;
      const attached = await attachHead(model, {
        head,
        ...(features && { features }),
        channels: 4,
        size,
        seed: 1,
      });
      expect(attached.inputs).toEqual(model.inputs);
      expect(inspect(attached)).toMatchObject({
        channels: 4,
        classifier: { weight: "head/classifier/weight" },
      });
      const { name: input, type } = model.inputs[0] as (typeof model.inputs)[number];
      const dims = [1, 3, side, side];
      const pixels = uniformArray(seededRandom(5), elementCount(dims));
      // In float16: numbers from 0.5 to 1.
      const data =
        type === "float16" ? Uint16Array.from(pixels, (v) => 0x3800 + Math.round(512 * (v + 1))) : pixels;
      const kept =
        features ?? (await candidateFeatures(model, size)).slice(0, 3).map((feature) => feature.name);
      const withFeatures = (of: OnnxModel) =>
        run(of.withGraph({ output: [...of.graph.output, ...kept.map(untyped)] }).toBytes(), {
          [input]: { data, dims },
        });
      const [before, after] = [await withFeatures(model), await withFeatures(attached)];
      expect(after["logits"]?.dims).toEqual([1, 4, side, side]);
      for (const value of kept) expect(bytesOf(after[value]).equals(bytesOf(before[value]))).toBe(true);
      const made = new Set(attached.graph.node.flatMap(({ output }) => output));
      for (const output of model.outputs) expect(made).not.toContain(output.name);
    },
  );

  test.each([
    ["det_yolox_nano_coco", 416, ["721", "781", "841", "890", "1028", "1070", "1112"]],
    ["cls_squeezenet1_1_fp16", 224, ["conv1_2", "fire3/concat_1", "fire5/concat_1", "fire9/concat_1"]],
    ["cls_mobilenetv2_int8_dynamic", 224, ["339", "365", "426", "463"]],
  ] as const)("%s of %i pixels offers features, %j among them", async (name, side, expected) => {
    const found = (await candidateFeatures(await load(name), [side, side])).map((feature) => feature.name);
    expect(found).toEqual(expect.arrayContaining([...expected]));
  });
});
