/** Blocks of pixels as channels, and back. */
import { intAttribute, stringAttribute } from "../graph/attributes.ts";
import type { Rule } from "./rule.ts";

/** Y[c, h B + i, w B + j] = X[channel(c, i, j), h, w]: dX = the blocks of dY as channels again. */
export const depthToSpace: Rule = ({ node, outputGrad, shape, emit, ints }) => {
  const blocksize = intAttribute(node, "blocksize", 1);
  if (stringAttribute(node, "mode", "DCR") === "DCR")
    return [emit("SpaceToDepth", [outputGrad], { blocksize })];
  // In mode CRD the channel is c B² + i B + j; SpaceToDepth knows only (i B + j) C + c.
  const dims = shape(node.input[0] as string);
  const [samples, channels, height, width] = dims as [number, number, number, number];
  const apart = [samples, channels / blocksize ** 2, height, blocksize, width, blocksize];
  const blocks = emit("Reshape", [outputGrad, ints(apart)]);
  const together = emit("Transpose", [blocks], { perm: [0, 1, 3, 5, 2, 4] });
  return [emit("Reshape", [together, ints(dims)])];
};

/** Y = blocks of X as channels: dX = the channels of dY as blocks again. */
export const spaceToDepth: Rule = ({ node, outputGrad, emit }) => [
  emit("DepthToSpace", [outputGrad], { blocksize: intAttribute(node, "blocksize", 1) }),
];
