/** Elementwise operators. */
import { sumToShape } from "./broadcast.ts";
import type { Rule } from "./rule.ts";

/** Y = A + B: dA = dY, dB = dY, each summed where it was broadcast. */
export const add: Rule = (context) => {
  const { node, outputGrad, needs, shape } = context;
  const from = shape(node.output[0] as string);
  return node.input.map((input, i) =>
    needs(i) ? sumToShape(context, outputGrad, from, shape(input)) : undefined,
  );
};

/** Y = max(X, 0): dX = dY where Y > 0. */
export const relu: Rule = ({ node, outputGrad, saved, emit, floats }) => {
  const above = emit("Greater", [saved(node.output[0] as string), floats([0], [])]);
  return [emit("Where", [above, outputGrad, floats([0], [])])];
};
