/** Operators that pick numbers by their indices, or put them there. Indices are constants. */
import { elementCount } from "@pixelgrad/core";
import { intAttribute, stringAttribute } from "../graph/attributes.ts";
import { atAxis } from "../graph/axis.ts";
import { refusal } from "./refusal.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { zeros } from "./zeros.ts";

/** Y[.., j, ..] = X[.., index(j), ..] along an axis: dX[.., index(j), ..] += dY[.., j, ..]. */
export const gather: Rule = (context) => {
  const { node, outputGrad, shape, numbers, emit, ints } = context;
  const dims = shape(node.input[0] as string);
  const axis = axisOf(context, dims.length);
  const size = dims[axis] as number;
  const indices = indicesOf(context);
  const single = numbers(node.input[1]);
  if (single?.length === 1) {
    const at = ((single[0] as number) + size) % size;
    const pads = [
      dims.map((_, i) => (i === axis ? at : 0)),
      dims.map((_, i) => (i === axis ? size - 1 - at : 0)),
    ];
    return [emit("Pad", [emit("Reshape", [outputGrad, ints(dims.with(axis, 1))]), ints(pads.flat())])];
  }
  const count = elementCount(shape(node.input[1] as string));
  const picked = dims.with(axis, count);
  const along = emit("Reshape", [indices, ints(dims.map((_, i) => (i === axis ? count : 1)))]);
  const updates = emit("Reshape", [outputGrad, ints(picked)]);
  const everywhere = emit("Expand", [along, ints(picked)]);
  return [emit("ScatterElements", [zeros(context, dims), everywhere, updates], { axis, reduction: "add" })];
};

/** Y[i, j] = X[index(i, j), j] along an axis: dX[index(i, j), j] += dY[i, j]. */
export const gatherElements: Rule = (context) => {
  const { node, outputGrad, shape, emit } = context;
  const dims = shape(node.input[0] as string);
  const axis = axisOf(context, dims.length);
  const inputs = [zeros(context, dims), indicesOf(context), outputGrad];
  return [emit("ScatterElements", inputs, { axis, reduction: "add" })];
};

/** Y[i] = X[index(i)] with an index of several axes: dX[index(i)] += dY[i]. */
export const gatherND: Rule = (context) => {
  const { node, outputGrad, shape, emit } = context;
  if (intAttribute(node, "batch_dims", 0) > 0) throw refusal(node, "it gathers with batch_dims");
  const inputs = [zeros(context, shape(node.input[0] as string)), indicesOf(context), outputGrad];
  return [emit("ScatterND", inputs, { reduction: "add" })];
};

/** Y = X with U put, or added, where the indices say: dU = dY picked there, dX = dY with zeros where U was put. */
export const scatterElements: Rule = (context) => {
  const { node, shape } = context;
  const axis = axisOf(context, shape(node.input[0] as string).length);
  return scattered(context, "ScatterElements", "GatherElements", { axis });
};

/** As ScatterElements, with indices of several axes. */
export const scatterND: Rule = (context) => scattered(context, "ScatterND", "GatherND", {});

function scattered(
  context: RuleContext,
  put: string,
  pick: string,
  along: { readonly axis?: number },
): (string | undefined)[] {
  const { node, outputGrad, needs, shape, emit } = context;
  const reduction = stringAttribute(node, "reduction", "none");
  if (reduction !== "none" && reduction !== "add") throw refusal(node, `its reduction is ${reduction}`);
  const indices = indicesOf(context);
  const without = () =>
    emit(put, [outputGrad, indices, zeros(context, shape(node.input[2] as string))], along);
  return [
    needs(0) ? (reduction === "add" ? outputGrad : without()) : undefined,
    undefined,
    needs(2) ? emit(pick, [outputGrad, indices], along) : undefined,
  ];
}

function axisOf({ node }: RuleContext, rank: number): number {
  return atAxis(intAttribute(node, "axis", 0), rank);
}

function indicesOf({ node, isConstant, saved }: RuleContext): string {
  const indices = node.input[1] as string;
  if (!isConstant(indices)) throw refusal(node, "its indices are computed from the image");
  return saved(indices);
}
