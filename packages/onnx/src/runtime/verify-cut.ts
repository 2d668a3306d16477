/** Whether a cut model still computes what the whole one does. @module */

import { create } from "@bufbuild/protobuf";
import type { Tensor } from "@pixelgrad/core";
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
  const { input, logits, backbone, head, parameters } = graphs;
  const feeds = { [input.name]: { data: image, dims: input.dims } };
  const whole = model.withGraph({ output: [create(ValueInfoProtoSchema, { name: logits.name })] });
  const expected = await runOnce(whole.toBytes(), feeds);
  const features = backbone === undefined ? feeds : await runOnce(backbone, feeds);
  const weights = Object.fromEntries(parameters.map(({ name, data, dims }) => [name, { data, dims }]));
  const got = await runOnce(head, { ...features, ...weights });
  const [a, b] = [got[logits.name]?.data as Float32Array, expected[logits.name]?.data as Float32Array];
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

async function runOnce(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> {
  const session = await openSession(bytes);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
