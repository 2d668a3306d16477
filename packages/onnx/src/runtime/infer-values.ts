/**
 * Shape inference by execution: every value of a graph is made an output, and the graph is run once on zeros.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import { elementCount, type Tensor } from "@pixelgrad/core";
import { ValueInfoProtoSchema } from "../graph/onnx_pb.ts";
import type { OnnxModel } from "../graph/onnx-model.ts";
import { openSession } from "./session.ts";

/** Values of up to this many elements are kept: sizes and scales that a graph computes, not features. */
const SMALL = 64;

export interface InferredValue {
  readonly dims: readonly number[];
  /** Present for small ones. */
  readonly data?: Tensor["data"];
}

/** Dims of every value of the graph, by name, for an input of `inputDims`. */
export async function inferValues(
  model: OnnxModel,
  inputDims: Readonly<Record<string, readonly number[]>>,
): Promise<Map<string, InferredValue>> {
  const made = model.graph.node.flatMap(({ output }) => output).filter((name) => name !== "");
  const all = model.withGraph({ output: made.map((name) => create(ValueInfoProtoSchema, { name })) });
  const session = await openSession(all.toBytes(), { optimization: "none" });
  try {
    const feeds = Object.entries(inputDims).map(([name, dims]) => [
      name,
      { data: new Float32Array(elementCount(dims)), dims },
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    const values = new Map<string, InferredValue>();
    for (const [name, dims] of Object.entries(inputDims)) values.set(name, { dims });
    for (const [name, { data, dims }] of Object.entries(results)) {
      values.set(name, data.length <= SMALL ? { dims: [...dims], data } : { dims: [...dims] });
    }
    return values;
  } finally {
    await session.release();
  }
}
