/**
 * A graph that the runtime optimised, without the casts it put in for itself: its CPU kernels of most operators are float32
 * only, so it writes a float16 model back as a float32 one between casts, which is none that anybody wants to deploy.
 *
 * @module
 */
import { intAttribute } from "./attributes.ts";
import { edited } from "./edited.ts";
import { elementType } from "./element-types.ts";
import type { GraphProto, NodeProto } from "./onnx_pb.ts";

/** How the runtime names such a node, and the float32 twin of a value. */
const PREFIX = "InsertedPrecisionFreeCast_";

/**
 * Where the model has casts between floats of its own they stay, and so do the runtime's: it may have merged one with
 * another.
 */
export function withoutRuntimeCasts(
  optimized: GraphProto,
  original: GraphProto,
): Pick<GraphProto, "node" | "valueInfo"> {
  const { node, valueInfo } = optimized;
  if (original.node.some((n) => castsToFloat(n) || n.name.startsWith(PREFIX))) return { node, valueInfo };
  const isInserted = (n: NodeProto): boolean => castsToFloat(n) && n.name.startsWith(PREFIX);
  // Each stands between a value and its twin; once both are one, it has nothing to do.
  const twins = new Map<string, string>();
  for (const { input, output } of node.filter(isInserted)) {
    const [from = "", to = ""] = [input[0], output[0]];
    if (to.startsWith(PREFIX)) twins.set(to, from);
    else twins.set(from, to);
  }
  const made = new Set(original.node.flatMap(({ output }) => output));
  const untwinned = (value: string): string => {
    const twin = twins.get(value);
    if (twin !== undefined) return twin;
    // The cast back is gone where all that read the value are float32 kernels.
    const own = value.startsWith(PREFIX) ? value.slice(PREFIX.length) : value;
    return made.has(own) ? own : value;
  };
  return {
    node: node
      .filter((n) => !isInserted(n))
      .map((n) => edited(n, { input: n.input.map(untwinned), output: n.output.map(untwinned) })),
    valueInfo: valueInfo.filter(({ name }) => untwinned(name) === name),
  };
}

function castsToFloat(node: NodeProto): boolean {
  if (node.opType !== "Cast") return false;
  const to = intAttribute(node, "to", 0);
  return to === elementType.float || to === elementType.float16;
}
