/** Einsum, as sums over products of indexed terms. */
import { stringAttribute } from "../graph/attributes.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";

/**
 * Y[out] = sum of A[a] B[b] ...: dA[a] = sum of dY[out] B[b] ..., an Einsum again. An index that A alone has, and that is
 * summed out, is that of a vector of ones there.
 */
export const einsum: Rule = (context) => {
  const { node, outputGrad, needs, saved, emit } = context;
  const { terms, output } = equationOf(context);
  return terms.map((term, i) => {
    if (!needs(i)) return undefined;
    const others = node.input.flatMap((value, other) =>
      other === i ? [] : [{ value: saved(value), term: terms[other] as string }],
    );
    const known = new Set([output, ...others.map((other) => other.term)].join(""));
    const lone = Array.from(term)
      .filter((index) => !known.has(index))
      .map((index) => ({ value: ones(context, i, term.indexOf(index)), term: index }));
    const operands = [{ value: outputGrad, term: output }, ...others, ...lone];
    const equation = `${operands.map((operand) => operand.term).join(",")}->${term}`;
    return emit(
      "Einsum",
      operands.map(({ value }) => value),
      { equation },
    );
  });
};

/** What an index can be, in the order of an output that is not written. */
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

interface Equation {
  /** The indices of each operand, a letter each. */
  readonly terms: readonly string[];
  readonly output: string;
}

/** The equation with an output, and with a letter for each axis that an ellipsis stands for. */
function equationOf({ node, shape }: RuleContext): Equation {
  const given = stringAttribute(node, "equation", "").replaceAll(" ", "");
  const [left, right] = given.split("->") as [string, string | undefined];
  const written = left.split(",");
  // The runtime has every ellipsis stand for the same axes.
  const hidden = written.findIndex((term) => term.includes("..."));
  const axes =
    hidden < 0 ? 0 : shape(node.input[hidden] as string).length - (written[hidden] as string).length + 3;
  const ellipsis = Array.from(letters)
    .filter((letter) => !given.includes(letter))
    .slice(0, axes)
    .join("");
  // An output that is not written has the indices that come once, in order.
  const once = Array.from(letters).filter((letter) => left.split(letter).length === 2);
  const terms = written.map((term) => term.replace("...", ellipsis));
  requirePlain(node, terms, shape);
  return { terms, output: (right ?? `...${once.join("")}`).replace("...", ellipsis) };
}

function requirePlain(
  node: RuleContext["node"],
  terms: readonly string[],
  shape: RuleContext["shape"],
): void {
  const sizes = new Map<string, number>();
  terms.forEach((term, i) => {
    Array.from(term).forEach((index, axis) => {
      if (term.indexOf(index) !== axis) {
        throw refusal(node, `it takes a diagonal, index ${index} twice in '${term}'`);
      }
      const size = shape(node.input[i] as string)[axis] as number;
      if ((sizes.get(index) ?? size) !== size) throw refusal(node, "it broadcasts an axis of size 1");
      sizes.set(index, size);
    });
  });
}

/** A vector of ones as long as an axis of operand `i`. */
function ones({ node, shape, emit, ints, floats }: RuleContext, i: number, axis: number): string {
  return emit("Expand", [floats([1], [1]), ints([shape(node.input[i] as string)[axis] as number])]);
}
