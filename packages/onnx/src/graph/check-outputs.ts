/**
 * Whether nodes that make any number of outputs name them all, as the format has it. onnxruntime checks this of other
 * outputs; of these it does not, and takes the process with it when such a Split or Loop runs.
 *
 * @module
 */
import { damaged, quoted } from "./damaged.ts";
import type { ModelProto, NodeProto } from "./onnx_pb.ts";

/** The operators of the standard whose outputs are variadic. */
const variadic: ReadonlySet<string> = new Set(["If", "Loop", "Scan", "SequenceMap", "Split"]);

/** @throws PixelgradError `MODEL_DAMAGED` naming a node of the graph, of a body or of a local function. */
export function checkOutputs(proto: ModelProto, model: string): void {
  for (const { domain, opType, name, output } of nodesOf(proto)) {
    if ((domain !== "" && domain !== "ai.onnx") || !variadic.has(opType)) continue;
    const unnamed = output.indexOf("");
    if (unnamed < 0) continue;
    const label = `${opType} ${quoted(name || (output.find((value) => value !== "") ?? ""))}`;
    throw damaged(
      model,
      `output ${unnamed + 1} of ${label} has no name, and ${opType} must name all it makes`,
    );
  }
}

function* nodesOf({ graph, functions }: ModelProto): Generator<NodeProto> {
  const lists = [graph?.node ?? [], ...functions.map(({ node }) => node)];
  for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
    for (const node of list) {
      yield node;
      for (const { g, graphs } of node.attribute) {
        for (const body of g === undefined ? graphs : [g, ...graphs]) lists.push(body.node);
      }
    }
  }
}
