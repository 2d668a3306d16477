/** Why a node cannot be differentiated, in one sentence that names it. */
import { PixelgradError } from "@pixelgrad/core";
import type { NodeProto } from "../graph/onnx_pb.ts";

/** @param reason - a clause that follows a colon, without a full stop. */
export function refusal({ opType, name, output }: NodeProto, reason: string): PixelgradError {
  const node = name || (output[0] as string);
  return new PixelgradError("GRADIENT_UNSUPPORTED", `${opType} '${node}' has no gradient rule: ${reason}.`, {
    op: opType,
    node,
  });
}
