/** Cases of a function of one input, entry by entry: one of each rank, each in another operator set. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

/** The newest that onnxruntime takes. */
export const newest = 26;

const shapes: readonly Dims[] = [[], [5], [2, 3], [2, 1, 4], [2, 3, 2, 2], [1, 2, 1, 3, 2]];
const opsets = [7, 9, 11, 13, 18, newest];

export interface RankedCase extends Pick<RuleCase, "kinks" | "step"> {
  /** Where the numbers of `x` lie. */
  readonly range?: readonly [number, number];
  /** The operator set that the operator came with. */
  readonly since?: number;
  readonly attributes?: Attributes;
}

/** @param title - the operator, and behind a space what is special about the case. */
export function ranked(
  title: string,
  { range = [-2, 2], since = 7, attributes, ...given }: RankedCase = {},
): Record<string, RuleCase> {
  const [opType] = title.split(" ") as [string];
  return Object.fromEntries(
    shapes.map((x, rank) => {
      const opset = Math.max(since, opsets[rank]!);
      const nodes = [node(opType, ["x"], ["y"], attributes)];
      return [
        `${title}, rank ${rank}, operator set ${opset}`,
        { nodes, inputs: { x }, opset, range: { x: range }, ...given },
      ];
    }),
  );
}
