/** Models with an If whose condition follows from the size of the image, as exports of traced code have them. */
import { relativeError, seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  floatTensor,
  inspect,
  intTensor,
  node,
  OnnxModel,
  openSession,
  simplify,
  trainingGraphs,
  valueInfo,
} from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { body, withBodies } from "./support/branches.ts";

const random = seededRandom(4);
const kernel = (name: string, dims: readonly number[]) =>
  floatTensor(
    name,
    dims,
    uniformArray(
      random,
      dims.reduce((a, b) => a * b, 1),
    ),
  );

/** `from` resized to 8 × 8, unless it is 8 rows high. */
function resizedUnlessItFits(from: string, to: string, channels: number) {
  return {
    nodes: [
      node("Shape", [from], ["shape"]),
      node("Gather", ["shape", "rows"], ["height"]),
      node("Equal", ["height", "eight"], ["fits"]),
      withBodies(node("If", ["fits"], [to]), {
        then_branch: body([node("Identity", [from], ["same"])], ["same"]),
        else_branch: body([node("Resize", [from, "", "", "sizes"], ["fit"], { mode: "linear" })], ["fit"]),
      }),
    ],
    initializers: [
      intTensor("rows", [2], []),
      intTensor("eight", [8], []),
      intTensor("sizes", [1, channels, 8, 8]),
    ],
  };
}

function model(place: "behind the classifier" | "before the classifier", outputDims?: (number | string)[]) {
  const behind = place === "behind the classifier";
  const branch = behind ? resizedUnlessItFits("low", "out", 2) : resizedUnlessItFits("c0", "wide", 4);
  const first = node("Conv", ["image", "w0"], ["c0"], { strides: [2, 2], pads: [1, 1, 1, 1] });
  const nodes = behind
    ? [first, node("Relu", ["c0"], ["r0"]), node("Conv", ["r0", "w1", "b1"], ["low"]), ...branch.nodes]
    : [first, ...branch.nodes, node("Relu", ["wide"], ["r0"]), node("Conv", ["r0", "w1", "b1"], ["out"])];
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: [valueInfo("image", [1, 3, "h", "w"])],
      outputs: [valueInfo("out", outputDims)],
      initializers: [
        kernel("w0", [4, 3, 3, 3]),
        kernel("w1", [2, 4, 1, 1]),
        kernel("b1", [2]),
        ...branch.initializers,
      ],
      opset: 13,
    }),
    "the test model",
  );
}

async function run(of: OnnxModel, side: number): Promise<Float32Array> {
  const session = await openSession(of.toBytes());
  try {
    const dims = [1, 3, side, side];
    const feeds = { image: { data: uniformArray(seededRandom(1), 3 * side * side), dims } };
    return (await session.run(feeds))["out"]?.data as Float32Array;
  } finally {
    await session.release();
  }
}

const advice = expect.stringContaining("try simplify (pixelgrad-finetune simplify): at one size of image");

describe.each(["behind the classifier", "before the classifier"] as const)("an If %s", (place) => {
  test.each([
    [16, "the identity", []],
    [8, "the Resize", ["Resize"]],
  ] as const)("at %i pixels is %s: all weights train, outputs within 1e-6", async (side, _, resize) => {
    const branched = model(place, [1, 2, "H", "W"]);
    const plain = await simplify(branched, { image: [1, 3, side, side] });
    expect(plain.graph.node.map(({ opType }) => opType).sort()).toEqual(["Conv", "Conv", "Relu", ...resize]);
    expect(inspect(plain)).toMatchObject({ channels: 2, output: { kind: "logits", layout: "NCHW" } });
    const { parameters } = await trainingGraphs(plain, { trainable: "all", size: [side, side] });
    expect(parameters.map(({ name }) => name)).toEqual(["w0", "w1", "b1"]);
    expect(relativeError(await run(plain, side), await run(branched, side))).toBeLessThan(1e-6);
  });
});

test("inspect refuses an If behind the classifier, and advises to simplify", () => {
  expect(() => inspect(model("behind the classifier", [1, 2, "H", "W"]))).toThrow(
    expect.objectContaining({ code: "CLASSIFIER_UNSUPPORTED", message: advice }),
  );
});

test("so it does where the file says nothing of the output's dims", () => {
  expect(() => inspect(model("behind the classifier"))).toThrow(
    expect.objectContaining({ code: "NO_SEGMENTATION_OUTPUT", message: advice }),
  );
});

test("trainingGraphs refuses to train through an If, and advises the same or to train what lies behind", async () => {
  const branched = model("before the classifier", [1, 2, "H", "W"]);
  await expect(trainingGraphs(branched, { trainable: "all", size: [8, 8] })).rejects.toMatchObject({
    code: "GRADIENT_UNSUPPORTED",
    message: expect.stringMatching(
      /^If 'If:wide'.*simplify.*; otherwise train what lies behind 'wide' instead\.$/,
    ),
  });
  const { parameters } = await trainingGraphs(branched, { trainable: "last", size: [8, 8] });
  expect(parameters.map(({ name }) => name)).toEqual(["w1", "b1"]);
});

test("a Loop gets no such advice: it stays one", () => {
  const looped = withBodies(node("Loop", ["", "go", "image"], ["out"]), {
    body: body(
      [node("Identity", ["go_in"], ["go_out"]), node("Relu", ["x"], ["y"])],
      ["go_out", "y"],
      [
        ["trip", [], 7],
        ["go_in", [], 9],
        ["x", [1, 3, 8, 8]],
      ],
    ),
  });
  const network = model("behind the classifier").withGraph({ node: [looped] });
  expect(() => inspect(network)).toThrow(expect.not.objectContaining({ message: advice }));
});
