/**
 * Shape inference by execution: every value of a graph is made an output, and the graph is run once on zeros.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import { elementCount, type Tensor } from "@pixelgrad/core";
import { node, valueInfo } from "../graph/build.ts";
import { elementType } from "../graph/element-types.ts";
import { ValueInfoProtoSchema } from "../graph/onnx_pb.ts";
import type { OnnxModel } from "../graph/onnx-model.ts";
import { valuesMade } from "../graph/wiring.ts";
import { openSession } from "./session.ts";

export interface InferredValue {
  readonly dims: readonly number[];
  /** Element type, such as `float32` or `int64`. */
  readonly type: string;
  /** Present for the values that were asked for. */
  readonly data?: Tensor["data"];
}

/**
 * Dims and type of every value of the graph, by name, for float32 or float16 inputs of `inputDims`.
 * @param keep - whether the numbers of a value are kept too; of none, unless given.
 * @throws PixelgradError `MODEL_UNSUPPORTED`, `FEEDS_MISMATCH`.
 */
export async function inferValues(
  model: OnnxModel,
  inputDims: Readonly<Record<string, readonly number[]>>,
  keep: (value: string) => boolean = () => false,
): Promise<Map<string, InferredValue>> {
  const made = model.graph.node.flatMap(valuesMade);
  const types = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const half = Object.keys(inputDims).filter((name) => types.get(name) === "float16");
  const all = fedFloat32(model, half).withGraph({
    output: made.map((name) => create(ValueInfoProtoSchema, { name })),
  });
  const session = await openSession(all.toBytes(), { optimization: "none" });
  try {
    const feeds = Object.entries(inputDims).map(([name, dims]) => [
      half.includes(name) ? wide(name) : name,
      { data: new Float32Array(elementCount(dims)), dims },
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    const values = new Map<string, InferredValue>();
    for (const [name, dims] of Object.entries(inputDims)) {
      values.set(name, { dims, type: types.get(name) ?? "float32" });
    }
    for (const { name, type } of session.outputs) {
      const result = results[name];
      if (result === undefined) continue;
      const known = { dims: [...result.dims], type };
      values.set(name, keep(name) ? { ...known, data: result.data } : known);
    }
    return values;
  } finally {
    await session.release();
  }
}

/** The model with float32 inputs, cast, in place of those of float16, which not every Node can feed. */
function fedFloat32(model: OnnxModel, names: readonly string[]): OnnxModel {
  const { graph } = model;
  return model.withGraph({
    input: graph.input.map((value) => (names.includes(value.name) ? valueInfo(wide(value.name)) : value)),
    node: [
      ...names.map((name) => node("Cast", [wide(name)], [name], { to: elementType.float16 })),
      ...graph.node,
    ],
  });
}

function wide(name: string): string {
  return `${name}:float32`;
}
