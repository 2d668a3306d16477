/** Shape inference without a run: what onnxruntime itself works out when it opens a model. @module */
import { create } from "@bufbuild/protobuf";
import { valueInfo } from "../graph/build.ts";
import { elementTypeNumber } from "../graph/element-types.ts";
import { ValueInfoProtoSchema } from "../graph/onnx_pb.ts";
import type { OnnxModel } from "../graph/onnx-model.ts";
import type { Wiring } from "../graph/wiring.ts";
import type { InferredValue } from "./infer-values.ts";
import { openSession } from "./session.ts";

/**
 * Dims and type of every value the nodes make, for inputs of `inputDims`; undefined when the runtime leaves any open,
 * which is when a run has to tell.
 * @throws PixelgradError `MODEL_UNSUPPORTED`.
 */
export async function inferShapes(
  model: OnnxModel,
  wiring: Wiring,
  inputDims: Readonly<Record<string, readonly number[]>>,
): Promise<Map<string, InferredValue> | undefined> {
  const { graph } = model;
  const made = graph.node.flatMap(({ output }) => output).filter((name) => name !== "");
  const types = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const sized = model.withGraph({
    input: graph.input.map((value) => {
      const dims = inputDims[value.name];
      return dims === undefined
        ? value
        : valueInfo(value.name, dims, elementTypeNumber(types.get(value.name) ?? "float32"));
    }),
    output: made.map((name) => create(ValueInfoProtoSchema, { name })),
  });
  const session = await openSession(sized.toBytes(), { optimization: "none" });
  try {
    const values = new Map<string, InferredValue>();
    for (const [name, dims] of Object.entries(inputDims)) {
      values.set(name, { dims, type: types.get(name) ?? "float32" });
    }
    for (const { name, type, dims } of session.outputs) {
      // No dims are those of a scalar, or of a value of which nothing is known.
      const isOpen = dims.length === 0 && wiring.constant(name) === undefined;
      if (isOpen || !dims.every((d): d is number => typeof d === "number" && d >= 0)) return undefined;
      values.set(name, { dims, type });
    }
    return values;
  } finally {
    await session.release();
  }
}
