/** The numbers of what a graph computes from constants and shapes alone. @module */
import { elementCount } from "@pixelgrad/core";
import { intAttribute } from "../graph/attributes.ts";
import { edited } from "../graph/edited.ts";
import { extract } from "../graph/extract.ts";
import type { NodeProto, TensorProto } from "../graph/onnx_pb.ts";
import type { OnnxModel } from "../graph/onnx-model.ts";
import { intTensor, readInts } from "../graph/tensor-proto.ts";
import { valuesMade, valuesRead, type Wiring } from "../graph/wiring.ts";
import { type InferredValue, inferValues } from "./infer-values.ts";

/** Runs those nodes alone, with known dims in place of Shape and Size. */
export async function staticValues(
  model: OnnxModel,
  wiring: Wiring,
  dims: (value: string) => readonly number[] | undefined,
): Promise<Map<string, InferredValue>> {
  const nodes: NodeProto[] = [];
  const constants = new Map<string, TensorProto>();
  for (const node of model.graph.node) {
    const made = valuesMade(node);
    if (node.opType === "Constant" || !made.every((name) => wiring.isStatic(name))) continue;
    const measured = measure(node, dims);
    if (measured === undefined) nodes.push(node);
    else constants.set(measured.name, measured);
  }
  const values = new Map<string, InferredValue>();
  for (const [name, tensor] of constants) {
    const data = BigInt64Array.from(readInts(tensor), BigInt);
    values.set(name, { dims: tensor.dims.map(Number), type: "int64", data });
  }
  if (nodes.length === 0) return values;
  const made = new Set([...nodes.flatMap(({ output }) => output), ...constants.keys()]);
  for (const name of nodes.flatMap(valuesRead)) {
    const tensor = made.has(name) ? undefined : wiring.constant(name);
    if (tensor !== undefined) constants.set(name, edited(tensor, { name }));
  }
  const part = extract(model, { nodes, inputs: [], outputs: [], constants: [...constants.values()] });
  for (const [name, value] of await inferValues(part, {}, () => true)) values.set(name, value);
  return values;
}

/** What Shape or Size gives; undefined for other nodes, and where the dims of the input are not known. */
function measure(
  node: NodeProto,
  dims: (value: string) => readonly number[] | undefined,
): TensorProto | undefined {
  const { opType, input, output } = node;
  if (opType !== "Shape" && opType !== "Size") return undefined;
  const known = dims(input[0] as string);
  if (known === undefined) return undefined;
  const name = output[0] as string;
  if (opType === "Size") return intTensor(name, [elementCount(known)], []);
  // Negative places count from the end, and both are clamped: as slice has it.
  return intTensor(
    name,
    known.slice(intAttribute(node, "start", 0), intAttribute(node, "end", known.length)),
  );
}
