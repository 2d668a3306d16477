/** What of a graph is needed for some of its values. @module */
import type { GraphProto } from "./onnx_pb.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { valuesRead, Wiring } from "./wiring.ts";

/** Nodes, constants and descriptions that `values` need, in their order; what the caller feeds stays an input. */
export function neededPart(
  model: OnnxModel,
  values: readonly string[],
): Pick<GraphProto, "node" | "initializer" | "input" | "valueInfo"> {
  const { graph } = model;
  const node = Wiring.of(graph).ancestors(values);
  const read = new Set([...values, ...node.flatMap(valuesRead)]);
  const made = new Set(node.flatMap(({ output }) => output));
  const constants = new Set(graph.initializer.map(({ name }) => name));
  return {
    node,
    initializer: graph.initializer.filter(({ name }) => read.has(name)),
    input: graph.input.filter(({ name }) => !constants.has(name) || read.has(name)),
    valueInfo: graph.valueInfo.filter(({ name }) => made.has(name) || read.has(name)),
  };
}
