/** The image that a model takes. @module */
import { PixelgradError } from "@pixelgrad/core";
import { intsAttribute } from "./attributes.ts";
import type { OnnxModel, ValueDescription } from "./onnx-model.ts";
import { Wiring } from "./wiring.ts";

export type Layout = "NCHW" | "NHWC";

export interface ImageInput extends ValueDescription {
  readonly layout: Layout;
}

/**
 * The one input of a model, whatever its outputs are. Its channels are where a 3 is, or where a first Transpose takes them
 * from.
 * @throws PixelgradError `MODEL_UNSUPPORTED` for other than one float32 or float16 input of 4 dims.
 */
export function imageInput(model: OnnxModel): ImageInput {
  const [input, ...others] = model.inputs;
  const isFloat = input?.type === "float32" || input?.type === "float16";
  if (input === undefined || others.length > 0 || !isFloat || input.dims.length !== 4) {
    const got = model.inputs.map(({ name, type, dims }) => `${name} ${type} [${dims.join(", ")}]`);
    const reason = `expected one float32 or float16 input of 4 dims, got ${got.join("; ") || "none"}`;
    throw new PixelgradError("MODEL_UNSUPPORTED", `${model.name} cannot be used here: ${reason}.`, {
      model: model.name,
      reason,
    });
  }
  const [, second, , last] = input.dims;
  const moved = Wiring.of(model.graph)
    .readers(input.name)
    .some((node) => node.opType === "Transpose" && intsAttribute(node, "perm", []).join() === "0,3,1,2");
  const lastIsColour = last === 3 && second !== 3;
  return { ...input, layout: lastIsColour || (moved && second !== 3) ? "NHWC" : "NCHW" };
}
