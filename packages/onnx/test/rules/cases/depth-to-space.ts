/** Blocks of pixels as channels, and back. */
import { type Attributes, node } from "@pixelgrad/onnx";
import type { Dims, RuleCase } from "../rule-case.ts";

function blocks(op: string, x: Dims, attributes: Attributes, opset = 18): RuleCase {
  return { nodes: [node(op, ["x"], ["y"], attributes)], inputs: { x }, opset };
}

export const depthToSpaceCases: Readonly<Record<string, RuleCase>> = {
  DepthToSpace: blocks("DepthToSpace", [2, 8, 2, 3], { blocksize: 2 }),
  "DepthToSpace DCR": blocks("DepthToSpace", [1, 9, 1, 2], { blocksize: 3, mode: "DCR" }),
  "DepthToSpace CRD": blocks("DepthToSpace", [2, 8, 2, 3], { blocksize: 2, mode: "CRD" }),
  "DepthToSpace CRD, blocks of 3": blocks("DepthToSpace", [2, 18, 1, 2], { blocksize: 3, mode: "CRD" }),
  "DepthToSpace of operator set 7": blocks("DepthToSpace", [1, 8, 2, 3], { blocksize: 2 }, 7),
  "DepthToSpace of operator set 11": blocks("DepthToSpace", [1, 8, 2, 3], { blocksize: 2, mode: "CRD" }, 11),
  "DepthToSpace of operator set 26": blocks("DepthToSpace", [1, 8, 2, 3], { blocksize: 2, mode: "CRD" }, 26),
  SpaceToDepth: blocks("SpaceToDepth", [2, 2, 4, 6], { blocksize: 2 }),
  "SpaceToDepth, blocks of 3": blocks("SpaceToDepth", [2, 1, 3, 6], { blocksize: 3 }),
  "SpaceToDepth of operator set 7": blocks("SpaceToDepth", [1, 2, 4, 6], { blocksize: 2 }, 7),
  "SpaceToDepth of operator set 26": blocks("SpaceToDepth", [1, 2, 4, 6], { blocksize: 2 }, 26),
};
