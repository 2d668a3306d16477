/** Advice about an operator that chooses between graphs of its own. @module */
import type { NodeProto } from "./onnx_pb.ts";

/**
 * What to do about an If in the way. Loop and Scan stay loops at any size of the image, so there is no advice about them;
 * undefined for those and for all other nodes.
 */
export function simplifyHint({ domain, opType }: NodeProto): string | undefined {
  if (opType !== "If" || (domain !== "" && domain !== "ai.onnx")) return undefined;
  return "try simplify (pixelgrad-finetune simplify): at one size of image it is often known which way If goes";
}
