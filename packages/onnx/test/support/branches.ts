/** Nodes with graphs of their own. */
import { buildModel, node, valueInfo } from "@pixelgrad/onnx";

type Node = ReturnType<typeof node>;
type Graph = NonNullable<ReturnType<typeof buildModel>["graph"]>;

/** A graph that reads what is around it. */
export function body(
  nodes: readonly Node[],
  outputs: readonly string[],
  inputs: Parameters<typeof valueInfo>[] = [],
): Graph {
  const { graph } = buildModel({
    nodes,
    inputs: inputs.map((input) => valueInfo(...input)),
    outputs: outputs.map((name) => valueInfo(name)),
  });
  return graph as Graph;
}

/** The node with graphs as attributes. */
export function withBodies(made: Node, bodies: Readonly<Record<string, Graph>>): Node {
  const attributes = Object.entries(bodies).map(([name, g]) => {
    const [attribute] = node("", [], [], { [name]: [] }).attribute;
    return Object.assign(attribute as Node["attribute"][number], { type: 5, g });
  });
  return Object.assign(made, { attribute: [...made.attribute, ...attributes] });
}
