/** Where a model is cut so that all that is trained lies behind the cut. @module */
import type { NodeProto } from "./onnx_pb.ts";
import { valuesMade, valuesRead, type Wiring } from "./wiring.ts";

export interface Cut {
  /** The head: nodes that depend on a parameter and lead to the logits, in graph order. */
  readonly nodes: readonly NodeProto[];
  /** What the head takes from the image, by way of frozen nodes. */
  readonly features: readonly string[];
  /** The frozen nodes that make the features, in graph order. */
  readonly before: readonly NodeProto[];
}

/**
 * The latest cut before the first nodes that read one of `parameters`. What follows from constants and shapes alone is
 * on neither side: with static dims it is a constant.
 */
export function cutBefore(
  wiring: Wiring,
  logits: string,
  parameters: ReadonlySet<string>,
  input: string,
): Cut {
  const depends = new Set(parameters);
  const isFixed = (value: string): boolean => wiring.isStatic(value) && !depends.has(value);
  const between = wiring.ancestors([logits]);
  let nodes = between.filter((node) => {
    // The shape of what depends on a parameter does not.
    if (node.opType === "Shape" || node.opType === "Size") return false;
    const active = valuesRead(node).some((value) => depends.has(value));
    if (active) for (const value of valuesMade(node)) depends.add(value);
    return active;
  });
  // A head that reads the image itself would leave a backbone beside it: it takes the rest too.
  if (nodes.some((node) => valuesRead(node).includes(input))) {
    nodes = between.filter((node) => !valuesMade(node).every((v) => isFixed(v) || parameters.has(v)));
  }
  const made = new Set([...parameters, ...nodes.flatMap(valuesMade)]);
  // What the body of an If makes for itself has no maker here.
  const isOfGraph = (value: string): boolean => value === input || wiring.producer(value) !== undefined;
  const features = [...new Set(nodes.flatMap(valuesRead))].filter(
    (value) => isOfGraph(value) && !made.has(value) && !isFixed(value),
  );
  const before = wiring.ancestors(features).filter((node) => !valuesMade(node).every(isFixed));
  return { nodes, features, before };
}
