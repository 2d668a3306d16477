/** What `last`, `decoder`, `all` and names mean on networks of several shapes, and the cuts that are on offer. */
import { elementCount } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  type CandidateCut,
  candidateCuts,
  floatTensor,
  node,
  OnnxModel,
  replaceResize,
  type Trainable,
  trainingGraphs,
  valueInfo,
  verifyCut,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";

type Node = ReturnType<typeof node>;

const size = [16, 16] as const;
const down = { strides: [2, 2], pads: [1, 1, 1, 1] };
const same = { pads: [1, 1, 1, 1] };
const upsample = { mode: "linear", coordinate_transformation_mode: "half_pixel" };

/** A Conv called after its weight, which is called after its output. */
function conv(x: string, y: string, attributes = {}): Node {
  return node("Conv", [x, `${y}.w`, `${y}.b`], [y], attributes);
}

/** Weights of all the Convs; `channels` of each by the name of its output, 3 in the image. */
function model(
  nodes: readonly Node[],
  channels: Readonly<Record<string, readonly [number, number, number]>>,
) {
  const random = seededRandom(4);
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: [valueInfo("image", [1, 3, 16, 16])],
      outputs: [valueInfo("out", [1, 2, 16, 16])],
      initializers: [
        ...Object.entries(channels).flatMap(([name, [outputs, inputs, k]]) => [
          floatTensor(
            `${name}.w`,
            [outputs, inputs, k, k],
            uniformArray(random, outputs * inputs * k * k, 0.3),
          ),
          floatTensor(`${name}.b`, [outputs], uniformArray(random, outputs)),
        ]),
        floatTensor("x2", [4], [1, 1, 2, 2]),
        floatTensor("x4", [4], [1, 1, 4, 4]),
      ],
    }),
    "the test model",
  );
}

/** Two steps down, two up, with two skips. */
const unet = model(
  [
    conv("image", "e1", same),
    conv("e1", "e2", down),
    conv("e2", "e3", down),
    node("Resize", ["e3", "", "x2"], ["u2"], upsample),
    node("Concat", ["u2", "e2"], ["c2"], { axis: 1 }),
    conv("c2", "d2", same),
    node("Resize", ["d2", "", "x2"], ["u1"], upsample),
    node("Concat", ["u1", "e1"], ["c1"], { axis: 1 }),
    conv("c1", "d1", same),
    conv("d1", "out"),
  ],
  { e1: [2, 3, 3], e2: [3, 2, 3], e3: [4, 3, 3], d2: [3, 7, 3], d1: [2, 5, 3], out: [2, 2, 1] },
);

/** Two branches behind the encoder; only the logits are upsampled. */
const pyramid = model(
  [
    conv("image", "e1", down),
    conv("e1", "e2", down),
    conv("e2", "a"),
    conv("e2", "b", same),
    node("Concat", ["a", "b"], ["joined"], { axis: 1 }),
    conv("joined", "fused"),
    conv("fused", "low"),
    node("Resize", ["low", "", "x4"], ["out"], upsample),
  ],
  { e1: [2, 3, 3], e2: [3, 2, 3], a: [2, 3, 1], b: [2, 3, 3], fused: [3, 4, 1], low: [2, 3, 1] },
);

const chain = model(
  [conv("image", "e1", down), conv("e1", "low"), node("Resize", ["low", "", "x2"], ["out"], upsample)],
  { e1: [2, 3, 3], low: [2, 2, 1] },
);

async function trained(of: OnnxModel, trainable: Trainable): Promise<string[]> {
  const graphs = await trainingGraphs(of, { trainable, size });
  const image = uniformArray(seededRandom(1), elementCount(graphs.input.dims));
  expect(await verifyCut(of, graphs, image)).toBeLessThan(1e-5);
  return graphs.parameters.map(({ name }) => name);
}

const weights = (...names: string[]): string[] => names.flatMap((name) => [`${name}.w`, `${name}.b`]);

describe("what is trained", () => {
  test.each([
    ["a U-Net", "last", unet, ["out"]],
    ["a U-Net", "decoder", unet, ["d2", "d1", "out"]],
    ["a U-Net", "all", unet, ["e1", "e2", "e3", "d2", "d1", "out"]],
    ["a pyramid that upsamples its logits alone", "decoder", pyramid, ["fused", "low"]],
    ["a chain", "decoder", chain, ["low"]],
    ["a chain", "all", chain, ["e1", "low"]],
  ] as const)("of %s as %s", async (_, trainable, of, expected) => {
    expect(await trained(of, trainable)).toEqual(weights(...expected));
  });

  test("as a tensor: all behind it, whatever skips past it", async () => {
    expect(await trained(unet, ["e2"])).toEqual(weights("e3", "d2", "d1", "out"));
    expect(await trained(unet, ["d2"])).toEqual(weights("d1", "out"));
    expect(await trained(unet, ["image"])).toEqual(await trained(unet, "all"));
  });

  test("as two tensors: what neither depends on", async () => {
    expect(await trained(pyramid, ["a", "b"])).toEqual(weights("fused", "low"));
    expect(await trained(pyramid, ["a"])).toEqual(weights("b", "fused", "low"));
  });

  test("as a weight: itself, beside all behind a tensor", async () => {
    expect(await trained(unet, ["e1.w"])).toEqual(["e1.w"]);
    expect(await trained(unet, ["e1.w", "d1"])).toEqual(["e1.w", "out.w", "out.b"]);
  });

  test("a name that is neither is refused, and a tensor with nothing behind it", async () => {
    await expect(trained(unet, ["nowhere"])).rejects.toMatchObject({
      code: "TENSOR_NOT_FOUND",
      message: "The model has no weight and no tensor named 'nowhere', which is to be trained.",
    });
    await expect(trained(unet, ["out"])).rejects.toMatchObject({ code: "NOTHING_TRAINABLE" });
  });

  test("a weight on both sides of a tensor stays frozen", async () => {
    const shared = model(
      [
        conv("image", "e1", same),
        node("Conv", ["e1", "again.w", "again.b"], ["again"], same),
        node("Conv", ["again", "again.w", "again.b"], ["twice"], same),
        conv("twice", "out"),
      ],
      { e1: [2, 3, 3], again: [2, 2, 3], out: [2, 2, 1] },
    );
    expect(await trained(shared, ["again"])).toEqual(weights("out"));
    expect(await trained(shared, "all")).toEqual(weights("e1", "again", "out"));
  });
});

test("the matrices of a replaced resize are no weights", async () => {
  const replaced = await replaceResize(pyramid, "align-corners");
  expect(await trained(replaced, "all")).toEqual(weights("e1", "e2", "a", "b", "fused", "low"));
  expect(await trained(replaced, "decoder")).toEqual(weights("fused", "low"));
});

test("the decoder does not begin at a constant that is repeated over the image", async () => {
  const graph = model(
    [
      conv("image", "e1", down),
      node("Shape", ["e1"], ["dims"]),
      node("Expand", ["one", "dims"], ["grid"]),
      node("Add", ["e1", "grid"], ["placed"]),
      conv("placed", "low"),
      node("Resize", ["low", "", "x2"], ["out"], upsample),
    ],
    { e1: [2, 3, 3], low: [2, 2, 1] },
  ).graph;
  const initializer = [...graph.initializer, floatTensor("one", [1, 1, 1, 1], [1])];
  const placed = chain.withGraph({ ...graph, initializer });
  expect(await trained(placed, "decoder")).toEqual(weights("low"));
});

describe("cuts on offer", () => {
  const label = ({ trainable, parameters }: CandidateCut): [string, number] => [trainable, parameters];

  test("go from the classifier to the image, each with more parameters", async () => {
    const cuts = await candidateCuts(pyramid, size);
    expect(cuts.map(label)).toEqual([
      ["last", 8],
      ["decoder", 23],
      ["e2", 87],
      ["e1", 144],
      ["all", 200],
    ]);
    expect(cuts.find(({ trainable }) => trainable === "e2")).toEqual({
      trainable: "e2",
      features: [{ name: "e2", dims: [1, 3, 4, 4], stride: 4 }],
      weights: weights("a", "b", "fused", "low"),
      parameters: 87,
      // 4 x 4 pixels of 2x3 and 2x3x3x3, 3x4 and 2x3 weights.
      multiplyAdds: 16 * (6 + 54 + 12 + 6),
      withoutRule: [],
    });
  });

  test("name every feature that crosses them, and no tensor inside a skip", async () => {
    const cuts = await candidateCuts(unet, size);
    expect(cuts.map(({ trainable }) => trainable)).toEqual(["last", "c1", "decoder", "e1", "all"]);
    expect(cuts[2]?.features.map(({ name, stride }) => [name, stride])).toEqual([
      ["c2", 2],
      ["e1", 1],
    ]);
  });

  test("leave out what lies between the last layer and the one number that is added to it as a bias", async () => {
    const added = model(
      [
        conv("image", "e1", down),
        node("Relu", ["e1"], ["r1"]),
        node("ConvTranspose", ["r1", "low.w"], ["low"], { strides: [2, 2] }),
        node("Add", ["low", "bias"], ["out"]),
      ],
      { e1: [2, 3, 3], low: [2, 1, 2] },
    );
    const binary = added.withGraph({
      initializer: [...added.graph.initializer, floatTensor("bias", [1], [0.5])],
      output: [valueInfo("out", [1, 1, 16, 16])],
    });
    const offered = (await candidateCuts(binary, size)).map(({ trainable }) => trainable);
    expect(offered.sort()).toEqual(["all", "decoder", "last"]);
  });

  test("say which operators behind them have no gradient rule", async () => {
    const shuffled = model(
      [
        conv("image", "e1", down),
        node("Hardmax", ["e1"], ["hard"], { axis: 1 }),
        conv("hard", "low"),
        node("Resize", ["low", "", "x2"], ["out"], upsample),
      ],
      { e1: [2, 3, 3], low: [2, 2, 1] },
    );
    expect((await candidateCuts(shuffled, size)).map(({ withoutRule }) => withoutRule)).toEqual([
      [],
      [],
      ["Hardmax"],
    ]);
  });
});

test("a comparison is no operator that lacks a rule: no gradient goes through it", async () => {
  const gated = model(
    [
      conv("image", "e1", same),
      node("Greater", ["e1", "half"], ["above"]),
      node("Cast", ["above"], ["gate"], { to: 1 }),
      node("Mul", ["e1", "gate"], ["gated"]),
      conv("gated", "out"),
    ],
    { e1: [2, 3, 3], out: [2, 2, 1] },
  );
  const { graph } = gated;
  const whole = gated.withGraph({ initializer: [...graph.initializer, floatTensor("half", [], [0.5])] });
  expect((await candidateCuts(whole, size)).flatMap(({ withoutRule }) => withoutRule)).toEqual([]);
});

test("an operator without a rule is refused with the nearest cut that avoids it", async () => {
  const found = model(
    [
      conv("image", "e1", same),
      node("Hardmax", ["e1"], ["hard"], { axis: 1 }),
      conv("hard", "d1", same),
      conv("d1", "out"),
    ],
    { e1: [2, 3, 3], d1: [2, 2, 3], out: [2, 2, 1] },
  );
  await expect(trainingGraphs(found, { trainable: "all", size })).rejects.toMatchObject({
    code: "GRADIENT_UNSUPPORTED",
    message:
      "Hardmax 'Hardmax:hard' lies between a trainable weight and the output, and has no gradient rule: train what lies behind 'hard' instead.",
  });
  expect(await trained(found, ["hard"])).toEqual(weights("d1", "out"));
});

test("one number that is added to the one channel is the classifier's bias, at any depth", async () => {
  const added = model([conv("image", "e1", same), node("Conv", ["e1", "out.w"], ["bare"])], {
    e1: [2, 3, 3],
    out: [1, 2, 1],
  });
  const { node: nodes, initializer } = added.graph;
  const binary = added.withGraph({
    node: [...nodes, node("Add", ["bare", "shift"], ["out"])],
    initializer: [...initializer, floatTensor("shift", [1], [0.5])],
    output: [valueInfo("out", [1, 1, 16, 16])],
  });
  expect(await trained(binary, "last")).toEqual(["out.w", "shift"]);
  expect(await trained(binary, "all")).toEqual(["e1.w", "e1.b", "out.w", "shift"]);
  expect(await trained(binary, ["e1"])).toEqual(["out.w", "shift"]);
});
