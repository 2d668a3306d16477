/** Weights that are not float32, and models of them. */
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  elementType,
  floatTensor,
  inFloat32,
  inspect,
  node,
  OnnxModel,
  openSession,
  rawTensor,
  replaceClassifier,
  trainingGraphs,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";

const { float, float16, float64: double, bfloat16 } = elementType;

const halves = (...bits: number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer);
const doubles = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const pair = (a: number, b: number) => ({ data: Float32Array.of(a, b), dims: [2] });

/** y = x + the sum of weights of all kinds; each is [1, 2]. */
function weightsOfAllKinds(): OnnxModel {
  const varints = Object.assign(rawTensor("typed", [2], float16, new Uint8Array(0)), {
    // 0x3c00 and 0x4000 as varints.
    int32Data: Uint8Array.of(0x80, 0x78, 0x80, 0x80, 0x01),
  });
  Reflect.deleteProperty(varints, "rawData");
  const constant = rawTensor("", [2], float16, halves(0x3c00, 0x4000));
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Constant", [], ["c16"], { value: { tensor: constant } }),
        node("Identity", ["h"], ["h2"]),
        node("Cast", ["h2"], ["h32"], { to: float }),
        node("Identity", ["h32"], ["h33"]),
        node("Cast", ["c16"], ["c32"], { to: float }),
        node("Cast", ["d"], ["d32"], { to: float }),
        node("Cast", ["typed"], ["typed32"], { to: float }),
        node("Cast", ["f"], ["f32"], { to: float }),
        node("Sum", ["x", "h33", "c32", "d32", "typed32", "f32"], ["y"]),
        node("Cast", ["b"], ["b32"], { to: float }),
      ],
      // Listed as an input too, as old exporters do: a default that a caller may override.
      inputs: [valueInfo("x", [2]), valueInfo("h", [2], float16)],
      outputs: [valueInfo("y", [2]), valueInfo("b32", [2])],
      initializers: [
        rawTensor("h", [2], float16, halves(0x3c00, 0x4000)),
        rawTensor("d", [2], double, doubles(1, 2)),
        rawTensor("b", [2], bfloat16, halves(0x3f80, 0x4000)),
        floatTensor("f", [2], [1, 2]),
        varints,
      ],
    }),
  );
}

const everywhere = [
  "h",
  "h2",
  "h32",
  "h33",
  "c16",
  "c32",
  "d",
  "d32",
  "b",
  "b32",
  "f",
  "f32",
  "typed",
  "typed32",
];

async function run(model: OnnxModel): Promise<number[]> {
  const session = await openSession(model.toBytes());
  try {
    return Array.from((await session.run({ x: pair(0, 0) }, ["y"]))["y"]!.data, Number);
  } finally {
    await session.release();
  }
}

describe("weights of float16, bfloat16 and float64", () => {
  test.each(everywhere)("are read as float32, also behind Cast and Identity: %s", (name) => {
    expect(OnnxModel.parse(weightsOfAllKinds().toBytes()).parameter(name)).toEqual(pair(1, 2));
  });

  test.each([
    ["h33", "h", float16],
    ["c32", "c16", float16],
    ["d32", "d", double],
    ["typed32", "typed", float16],
    ["f32", "f", float],
    ["b32", "b", bfloat16],
  ])("are written back through the Cast in the type they are kept in: %s", async (name, stored, type) => {
    const model = weightsOfAllKinds();
    const before = await run(model);
    const changed = OnnxModel.parse(model.withParameters(new Map([[name, pair(9, -4)]])).toBytes());
    expect(changed.parameter(stored)).toEqual(pair(9, -4));
    const kept = [
      ...changed.graph.initializer,
      ...changed.graph.node.flatMap((n) => n.attribute[0]?.t ?? []),
    ];
    expect(
      kept.find((tensor) => [stored, ""].includes(tensor.name) && tensor.dataType === type),
    ).toBeDefined();
    expect(changed.graph.node.map(({ opType }) => opType)).toEqual(
      model.graph.node.map(({ opType }) => opType),
    );
    const moved = name === "b32" ? [0, 0] : [8, -6];
    expect(await run(changed)).toEqual(before.map((value, i) => value + moved[i]!));
  });

  test("are rounded to the nearest of their type, subnormals too", () => {
    const values = pair(1 + 2 ** -11 + 2 ** -20, 2 ** -24 * 0.75);
    const changed = weightsOfAllKinds().withParameters(new Map([["h32", values]]));
    expect(changed.parameter("h32")).toEqual(pair(1 + 2 ** -10, 2 ** -24));
  });

  test("that are too large for their type are refused with WEIGHT_OUT_OF_RANGE and the weight's name", () => {
    const model = weightsOfAllKinds();
    expect(() => model.withParameters(new Map([["h32", pair(65519, 65520)]]))).toThrow(
      expect.objectContaining({
        code: "WEIGHT_OUT_OF_RANGE",
        context: { name: "h", type: "float16", value: 65520 },
      }),
    );
    const infinite = model.withParameters(new Map([["h", pair(Number.POSITIVE_INFINITY, 65504)]]));
    expect(infinite.parameter("h")).toEqual(pair(Number.POSITIVE_INFINITY, 65504));
  });
});

/** Image → Conv → Relu → Conv → Resize by two, all in float16, with a Cast and a value info of that type. */
function halfNetwork(): OnnxModel {
  const random = seededRandom(8);
  const weight = (name: string, dims: readonly number[]) => {
    const count = dims.reduce((a, b) => a * b, 1);
    const placeholder = rawTensor(name, dims, float16, new Uint8Array(2 * count));
    return { placeholder, values: { data: uniformArray(random, count), dims } };
  };
  const weights = [weight("w0", [4, 3, 3, 3]), weight("w1", [3, 4, 1, 1]), weight("b1", [3])];
  const model = OnnxModel.of(
    buildModel({
      nodes: [
        node("Cast", ["image"], ["cast"], { to: float16 }),
        node("Conv", ["cast", "w0"], ["c0"], { pads: [1, 1, 1, 1] }),
        node("Relu", ["c0"], ["r0"]),
        node("Constant", [], ["half"], { value: { tensor: rawTensor("", [], float16, halves(0x3800)) } }),
        node("Mul", ["r0", "half"], ["scaled"]),
        node("Conv", ["scaled", "w1", "b1"], ["out"]),
      ],
      inputs: [valueInfo("image", [1, 3, 8, 8], float16)],
      outputs: [valueInfo("out", [1, 3, 8, 8], float16)],
      initializers: weights.map(({ placeholder }) => placeholder),
    }),
    "half",
  );
  return model.withParameters(new Map(weights.map(({ placeholder, values }) => [placeholder.name, values])));
}

describe("a float16 model in float32", () => {
  const wide = inFloat32(halfNetwork());

  test("has float32 inputs, outputs, weights and constants, of the same names and numbers", () => {
    const original = halfNetwork();
    expect([...wide.inputs, ...wide.outputs].map(({ type }) => type)).toEqual(["float32", "float32"]);
    expect(wide.graph.initializer.map(({ name, dataType }) => [name, dataType])).toEqual(
      original.graph.initializer.map(({ name }) => [name, float]),
    );
    for (const name of ["w0", "w1", "b1", "half"]) {
      expect(wide.parameter(name)).toEqual(original.parameter(name));
    }
  });

  test("runs and is inspected, and the float16 one is trained as it", async () => {
    const image = { data: uniformArray(seededRandom(1), 192), dims: [1, 3, 8, 8] };
    const session = await openSession(wide.toBytes());
    expect((await session.run({ image }))["out"]!.dims).toEqual([1, 3, 8, 8]);
    await session.release();
    expect(inspect(wide).channels).toBe(3);
    for (const of of [wide, halfNetwork()]) {
      const graphs = await trainingGraphs(of, { trainable: "last", size: [8, 8] });
      expect(graphs.parameters.map(({ name }) => name)).toEqual(["w1", "b1"]);
    }
  });

  test("compares its one channel with a threshold of its own type", async () => {
    const half = halfNetwork();
    const labelled = half.withGraph({
      node: [...half.graph.node, node("ArgMax", ["out"], ["labels"], { axis: 1 })],
      input: [valueInfo("image", [1, 3, 8, 8])],
      output: [valueInfo("labels", [1, 1, 8, 8], elementType.int64)],
    });
    const session = await openSession(replaceClassifier(labelled, { channels: 1, seed: 1 }).toBytes());
    const image = { data: uniformArray(seededRandom(1), 192), dims: [1, 3, 8, 8] };
    expect((await session.run({ image }))["labels"]!.dims).toEqual([1, 1, 8, 8]);
    await session.release();
  });

  test("gives its weights back to the float16 one, within half a unit of its last place", () => {
    const trained = uniformArray(seededRandom(3), 12);
    const back = halfNetwork().withParameters(new Map([["w1", { data: trained, dims: [3, 4, 1, 1] }]]));
    back.parameter("w1").data.forEach((value, i) => {
      expect(Math.abs(value - trained[i]!)).toBeLessThanOrEqual(Math.abs(trained[i]!) * 2 ** -11 + 2 ** -25);
    });
    expect(back.graph.initializer.every(({ dataType }) => dataType === float16)).toBe(true);
  });

  test("shares what is not float16 with the model it comes from", () => {
    const again = inFloat32(wide);
    again.graph.node.forEach((made, i) => {
      expect(made).toBe(wide.graph.node[i]);
    });
    again.graph.initializer.forEach((made, i) => {
      expect(made).toBe(wide.graph.initializer[i]);
    });
  });
});

test("a float16 classifier of another number of channels stays float16", () => {
  const fed = halfNetwork().withGraph({ input: [valueInfo("image", [1, 3, 8, 8])] });
  const replaced = replaceClassifier(fed, { channels: 5, seed: 1 });
  expect(replaced.parameter("w1").dims).toEqual([5, 4, 1, 1]);
  expect(replaced.graph.initializer.every(({ dataType }) => dataType === float16)).toBe(true);
});
