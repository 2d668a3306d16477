/** Whether a cut model still computes what the whole one does. @module */
import { create } from "@bufbuild/protobuf";
import { elementCount, PixelgradError, type Tensor } from "@pixelgrad/core";
import { gaussianArray } from "../graph/gaussian.ts";
import { inFloat32 } from "../graph/in-float32.ts";
import { ValueInfoProtoSchema } from "../graph/onnx_pb.ts";
import type { OnnxModel } from "../graph/onnx-model.ts";
import type { TrainingGraphs } from "../training-graphs.ts";
import { openSession } from "./session.ts";

/**
 * Largest absolute difference between the logits of backbone and head and those of the whole model, for one image of
 * `graphs.input.dims`. Rounding alone leaves about 1e-6 of the largest logit.
 * @throws PixelgradError `FEEDS_MISMATCH`, `MODEL_UNSUPPORTED`.
 */
export async function verifyCut(
  model: OnnxModel,
  graphs: TrainingGraphs,
  image: Float32Array,
): Promise<number> {
  return (await compare(model, graphs, image)).difference;
}

/** Of the largest logit; what is above it is no rounding. */
const ROUNDING = 1e-3;

/**
 * Runs the whole model and its two halves on an image of noise.
 * @throws PixelgradError `CUT_DIFFERS` when they do not make the same logits; `MODEL_UNSUPPORTED`.
 */
export async function requireSameLogits(model: OnnxModel, graphs: TrainingGraphs): Promise<void> {
  const { difference, largest } = await compare(
    model,
    graphs,
    gaussianArray(1, elementCount(graphs.input.dims), 1),
  );
  if (difference <= ROUNDING * largest) return;
  throw new PixelgradError(
    "CUT_DIFFERS",
    `The two halves of ${model.name} make other logits than the whole: they differ by ${difference}, the largest is ` +
      `${largest}. The model may depend on chance; cut it elsewhere.`,
    { difference, largest },
  );
}

async function compare(given: OnnxModel, graphs: TrainingGraphs, image: Float32Array) {
  const model = inFloat32(given);
  const { input, logits, backbone, head, parameters } = graphs;
  const feeds = { [input.name]: { data: image, dims: input.dims } };
  const whole = model.withGraph({ output: [create(ValueInfoProtoSchema, { name: logits.name })] });
  const expected = await runOnce(whole.toBytes(), feeds);
  const features = backbone === undefined ? feeds : await runOnce(backbone, feeds);
  const weights = Object.fromEntries(parameters.map(({ name, data, dims }) => [name, { data, dims }]));
  const got = await runOnce(head, { ...features, ...weights });
  const a = got[logits.name]?.data as Float32Array;
  const b = expected[logits.name]?.data as Float32Array;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs((a[i] as number) - (b[i] as number)));
    largest = Math.max(largest, Math.abs(b[i] as number));
  }
  return { difference, largest };
}

async function runOnce(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(bytes);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
