/** What a gradient passes on its way from an output back to parameters. @module */
import { elementTypeNumber, isFloatingPoint } from "./element-types.ts";
import type { NodeProto } from "./onnx_pb.ts";
import { valuesRead } from "./wiring.ts";

export interface GradientPath {
  /** Nodes that need a gradient rule, in graph order. */
  readonly nodes: readonly NodeProto[];
  /** The parameters, and all that moves with them smoothly: of floating point. */
  readonly values: ReadonlySet<string>;
}

export interface PathEnds {
  /** In graph order. */
  readonly nodes: readonly NodeProto[];
  readonly output: string;
  readonly parameters: readonly string[];
  /** Element type of a value, such as `bool`; `float32` unless given. */
  type?(value: string): string | undefined;
}

/** Whole numbers and bools move in jumps, so the path does not go through a comparison, an ArgMax or a Shape. */
export function gradientPath({ nodes, output, parameters, type }: PathEnds): GradientPath {
  const isSmooth = (value: string): boolean => {
    const number = elementTypeNumber(type?.(value));
    return value !== "" && (number === undefined || isFloatingPoint(number));
  };
  const values = new Set(parameters);
  for (const node of nodes) {
    // The bodies of an If read values too.
    if (!valuesRead(node).some((value) => values.has(value))) continue;
    for (const value of node.output) if (isSmooth(value)) values.add(value);
  }
  const leading = new Set([output]);
  const onPath = [...nodes].reverse().filter((node) => {
    const moved = valuesRead(node).filter((value) => values.has(value));
    if (moved.length === 0 || !node.output.some((value) => values.has(value) && leading.has(value)))
      return false;
    for (const value of moved) leading.add(value);
    return true;
  });
  return { nodes: onPath.reverse(), values };
}
