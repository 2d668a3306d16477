/** The gradient rule of each operator. A new rule is its function in the file of its family, and one line here. */
import { conv, convTranspose } from "./conv.ts";
import { depthToSpace, spaceToDepth } from "./depth-to-space.ts";
import { einsum } from "./einsum.ts";
import { add, relu } from "./elementwise.ts";
import { gather, gatherElements, gatherND, scatterElements, scatterND } from "./gather.ts";
import { gemm, matmul } from "./matmul.ts";
import { pad } from "./pad.ts";
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "./pooling.ts";
import { resize } from "./resize.ts";
import type { Rule } from "./rule.ts";
import { identity, reshape, tile, transpose } from "./shape.ts";
import { slice } from "./slice.ts";
import { concat, split } from "./split.ts";
import { cumSum, trilu } from "./triangle.ts";

export const rules: Readonly<Record<string, Rule>> = {
  Add: add,
  AveragePool: averagePool,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Einsum: einsum,
  Flatten: reshape,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  Identity: identity,
  MatMul: matmul,
  MaxPool: maxPool,
  Pad: pad,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: reshape,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: reshape,
  Upsample: resize,
};
