/**
 * Shape inference without a run: what onnxruntime itself works out when it opens a model.
 *
 * It rounds the sizes of a Resize by scales down from a product in float32, which the operator itself does not: of
 * 5 × 2.6 it says 12, and makes 13. Such a node is run alone.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import { elementCount } from "@pixelgrad/core";
import { buildModel, valueInfo } from "../graph/build.ts";
import { edited } from "../graph/edited.ts";
import { elementTypeNumber } from "../graph/element-types.ts";
import { type NodeProto, ValueInfoProtoSchema } from "../graph/onnx_pb.ts";
import { OnnxModel } from "../graph/onnx-model.ts";
import { resizeScales } from "../graph/resize-scales.ts";
import { readNumbers } from "../graph/tensor-proto.ts";
import { valuesMade, type Wiring } from "../graph/wiring.ts";
import type { InferredValue } from "./infer-values.ts";
import { openSession } from "./session.ts";

type Dims = readonly number[];

/**
 * Dims and type of every value the nodes make, for inputs of `inputDims`; undefined when the runtime leaves any open,
 * which is when a run has to tell.
 * @throws PixelgradError `MODEL_UNSUPPORTED`.
 */
export async function inferShapes(
  model: OnnxModel,
  wiring: Wiring,
  inputDims: Readonly<Record<string, Dims>>,
): Promise<Map<string, InferredValue> | undefined> {
  const settled = new Map<NodeProto, Dims>();
  for (;;) {
    const values = await declaredShapes(model, wiring, inputDims, settled);
    if (values === undefined) return undefined;
    let differs = false;
    for (const node of model.graph.node) {
      const [from, to] = [values.get(node.input[0] ?? "")?.dims, values.get(node.output[0] ?? "")?.dims];
      if (
        settled.has(node) ||
        from === undefined ||
        to === undefined ||
        !isDoubtful(node, from.length, wiring)
      )
        continue;
      const type = values.get(node.input[0] ?? "")?.type;
      const dims = type === "float32" ? await dimsOfRun(model, wiring, node, from) : undefined;
      if (dims === undefined) return undefined;
      settled.set(node, dims);
      differs = dims.join() !== to.join();
      // What follows was worked out from the wrong dims.
      if (differs) break;
    }
    if (!differs) return values;
  }
}

/** As the runtime says them; the nodes of `settled` are left out, and their outputs taken as given. */
async function declaredShapes(
  model: OnnxModel,
  wiring: Wiring,
  inputDims: Readonly<Record<string, Dims>>,
  settled: ReadonlyMap<NodeProto, Dims>,
): Promise<Map<string, InferredValue> | undefined> {
  const { graph } = model;
  const nodes = graph.node.filter((node) => !settled.has(node));
  const types = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const given = new Map<string, InferredValue>();
  for (const [name, dims] of Object.entries(inputDims)) {
    given.set(name, { dims, type: types.get(name) ?? "float32" });
  }
  for (const [node, dims] of settled) given.set(node.output[0] as string, { dims, type: "float32" });
  const made = nodes.flatMap(valuesMade);
  const sized = model.withGraph({
    node: nodes,
    input: [
      ...graph.input.filter(({ name }) => !given.has(name)),
      ...[...given].map(([name, { dims, type }]) => valueInfo(name, dims, elementTypeNumber(type))),
    ],
    output: made.map((name) => create(ValueInfoProtoSchema, { name })),
  });
  const session = await openSession(sized.toBytes(), { optimization: "none" });
  try {
    const values = new Map(given);
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

/** Whether a node resizes by scales that are not all whole, or not known. */
function isDoubtful(node: NodeProto, rank: number, wiring: Wiring): boolean {
  if (node.opType !== "Upsample" && (node.opType !== "Resize" || node.input[3])) return false;
  const scales = resizeScales(node, rank, (value) => {
    const tensor = wiring.constant(value ?? "");
    return tensor === undefined ? undefined : readNumbers(tensor);
  });
  return scales === undefined || !scales.every(Number.isInteger);
}

/** Undefined when a node reads more than constants besides its first input. */
async function dimsOfRun(
  model: OnnxModel,
  wiring: Wiring,
  node: NodeProto,
  from: Dims,
): Promise<Dims | undefined> {
  const [x = "", ...others] = node.input;
  const names = others.filter((name) => name !== "");
  const tensors = names.flatMap((name) => {
    const tensor = wiring.constant(name);
    return tensor === undefined ? [] : [edited(tensor, { name })];
  });
  if (tensors.length < names.length) return undefined;
  const alone = buildModel({
    nodes: [node],
    inputs: [valueInfo(x, from)],
    outputs: [valueInfo(node.output[0] as string)],
    initializers: tensors,
    opset: model.proto.opsetImport,
  });
  const session = await openSession(OnnxModel.of(alone).toBytes(), { optimization: "none" });
  try {
    const results = await session.run({ [x]: { data: new Float32Array(elementCount(from)), dims: from } });
    return results[node.output[0] as string]?.dims;
  } finally {
    await session.release();
  }
}
