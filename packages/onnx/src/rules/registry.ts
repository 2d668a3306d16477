/** The gradient rule of each operator. A new rule is its function in the file of its family, and one line here. */
import type { NodeProto } from "../graph/onnx_pb.ts";
import { clip, hardSigmoid, hardSwish, leakyRelu, prelu, relu, thresholdedRelu } from "./activations.ts";
import { add, div, expand, extremum, mean, mul, sub, where } from "./arithmetic.ts";
import { conv, convTranspose } from "./conv.ts";
import { depthToSpace, spaceToDepth } from "./depth-to-space.ts";
import { einsum } from "./einsum.ts";
import { abs, cast, cos, erf, exp, log, neg, pow, reciprocal, sin, sqrt } from "./functions.ts";
import { gather, gatherElements, gatherND, scatterElements, scatterND } from "./gather.ts";
import { gemm, matmul } from "./matmul.ts";
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  meanVarianceNormalization,
} from "./normalization.ts";
import { pad } from "./pad.ts";
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "./pooling.ts";
import {
  reduceExtremum,
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceMean,
  reduceProd,
  reduceSum,
  reduceSumSquare,
} from "./reductions.ts";
import { lpNormalization, lrn } from "./rescaling.ts";
import { resize } from "./resize.ts";
import type { Rule } from "./rule.ts";
import { identity, reshape, tile, transpose } from "./shape.ts";
import { slice } from "./slice.ts";
import { flat } from "./slope.ts";
import {
  celu,
  dropout,
  elu,
  gelu,
  logSoftmax,
  mish,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  tanh,
} from "./smooth-activations.ts";
import { concat, split } from "./split.ts";
import { cumSum, trilu } from "./triangle.ts";

export const rules: Readonly<Record<string, Rule>> = {
  Abs: abs,
  Add: add,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Ceil: flat,
  Celu: celu,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: cos,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Div: div,
  Dropout: dropout,
  Einsum: einsum,
  Elu: elu,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Flatten: reshape,
  Floor: flat,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  GroupNormalization: groupNormalization,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Log: log,
  LogSoftmax: logSoftmax,
  LpNormalization: lpNormalization,
  MatMul: matmul,
  Max: extremum,
  MaxPool: maxPool,
  Mean: mean,
  MeanVarianceNormalization: meanVarianceNormalization,
  Min: extremum,
  Mish: mish,
  Mul: mul,
  Neg: neg,
  PRelu: prelu,
  Pad: pad,
  Pow: pow,
  Reciprocal: reciprocal,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceExtremum,
  ReduceMean: reduceMean,
  ReduceMin: reduceExtremum,
  ReduceProd: reduceProd,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Round: flat,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Selu: selu,
  Sigmoid: sigmoid,
  Sign: flat,
  Sin: sin,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: sqrt,
  Squeeze: reshape,
  Sub: sub,
  Sum: add,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
  Tile: tile,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: reshape,
  Upsample: resize,
  Where: where,
};

/** The rule of a node; undefined for an operator that has none, or of another domain than the standard one. */
export function ruleOf({ domain, opType }: NodeProto): Rule | undefined {
  const isStandard = domain === "" || domain === "ai.onnx";
  return isStandard && Object.hasOwn(rules, opType) ? rules[opType] : undefined;
}
