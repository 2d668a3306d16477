/**
 * A model at one size of image, with all that follows from the size worked out: chains of Shape, Slice and Concat become
 * constants, an If whose condition is known becomes the branch it takes, and batch normalisation is folded into the
 * convolution before it. onnxruntime's own `basic` optimisation does the work.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { valueInfo } from "./graph/build.ts";
import { elementTypeNumber } from "./graph/element-types.ts";
import { OnnxModel } from "./graph/onnx-model.ts";
import { withoutRuntimeCasts } from "./graph/without-runtime-casts.ts";
import { optimizeBasic } from "./runtime/session.ts";

/**
 * The model for inputs of `dims`, by name; inputs that are not named stay as they are. Metadata stays. Names of weights
 * may go: a weight that was folded with others is another one.
 * @throws PixelgradError `FEEDS_MISMATCH` for an input the model has not, or other dims than it takes;
 *   `MODEL_UNSUPPORTED` when the runtime cannot, or makes an operator that neither the standard nor the model has.
 */
export async function simplify(
  model: OnnxModel,
  dims: Readonly<Record<string, readonly number[]>>,
): Promise<OnnxModel> {
  requireInputs(model, dims);
  const types = new Map(model.inputs.map(({ name, type }) => [name, elementTypeNumber(type)]));
  const sized = model.withGraph({
    input: model.graph.input.map((value) => {
      const given = dims[value.name];
      return given === undefined ? value : valueInfo(value.name, given, types.get(value.name));
    }),
    // What the file says of values at other sizes would contradict.
    valueInfo: [],
  });
  const { graph } = OnnxModel.parse(await optimizeBasic(sized.toBytes()), model.name);
  const domains = new Set(["", "ai.onnx", ...model.graph.node.map(({ domain }) => domain)]);
  const foreign = graph.node.find(({ domain }) => !domains.has(domain));
  if (foreign !== undefined) {
    const reason = `onnxruntime made the operator ${foreign.domain}.${foreign.opType} of it, which other runtimes lack`;
    throw new PixelgradError("MODEL_UNSUPPORTED", `${model.name} cannot be simplified: ${reason}.`, {
      model: model.name,
      reason,
    });
  }
  const { initializer, input, output } = graph;
  return model.withGraph({ ...withoutRuntimeCasts(graph, model.graph), initializer, input, output });
}

function requireInputs(model: OnnxModel, dims: Readonly<Record<string, readonly number[]>>): void {
  const declared = new Map(model.inputs.map((input) => [input.name, input.dims]));
  for (const [name, given] of Object.entries(dims)) {
    const taken = declared.get(name);
    const fits =
      taken?.length === given.length && taken.every((d, i) => d === given[i] || typeof d === "string");
    if (fits) continue;
    const expected = [...declared].map(([input, shape]) => `${input} [${shape.join(", ")}]`);
    const got = [`${name} [${given.join(", ")}]`];
    throw new PixelgradError("FEEDS_MISMATCH", `${model.name} takes ${expected.join("; ")}; got ${got[0]}.`, {
      expected,
      got,
    });
  }
}
