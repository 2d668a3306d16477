/** New numbers for constants, wherever a graph keeps them. @module */
import { attribute } from "./build.ts";
import { edited } from "./edited.ts";
import type { GraphProto, NodeProto, TensorProto } from "./onnx_pb.ts";

/**
 * Initialisers and nodes of a graph with the constants of `fresh` in place of those of the same name; Constant nodes
 * stay nodes. All that is not replaced is shared.
 */
export function replaceConstants(
  { initializer, node }: Pick<GraphProto, "initializer" | "node">,
  fresh: ReadonlyMap<string, TensorProto>,
): Pick<GraphProto, "initializer" | "node"> {
  const inNode = (old: NodeProto): NodeProto => {
    const tensor = old.opType === "Constant" ? fresh.get(old.output[0] as string) : undefined;
    if (tensor === undefined) return old;
    return edited(old, { attribute: [attribute("value", { tensor })] });
  };
  return {
    initializer: initializer.map((tensor) => fresh.get(tensor.name) ?? tensor),
    node: node.map(inNode),
  };
}
