/** The gradient rule of each operator. A new rule is its function in the file of its family, and one line here. */
import type { NodeProto } from "../graph/onnx_pb.ts";
import { clip, hardSigmoid, hardSwish, leakyRelu, prelu, relu, thresholdedRelu } from "./activations.ts";
import { add, div, expand, extremum, mean, mul, sub, where } from "./arithmetic.ts";
import { conv } from "./conv.ts";
import { abs, cast, cos, erf, exp, log, neg, pow, reciprocal, sin, sqrt } from "./functions.ts";
import { gemm, matmul } from "./matmul.ts";
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  meanVarianceNormalization,
} from "./normalization.ts";
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
import { concat, identity, reshape, transpose } from "./shape.ts";
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

export const rules: Readonly<Record<string, Rule>> = {
  Abs: abs,
  Add: add,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Ceil: flat,
  Celu: celu,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  Cos: cos,
  Div: div,
  Dropout: dropout,
  Elu: elu,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Floor: flat,
  Gelu: gelu,
  Gemm: gemm,
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
  Mean: mean,
  MeanVarianceNormalization: meanVarianceNormalization,
  Min: extremum,
  Mish: mish,
  Mul: mul,
  Neg: neg,
  PRelu: prelu,
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
  Selu: selu,
  Sigmoid: sigmoid,
  Sign: flat,
  Sin: sin,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  Sqrt: sqrt,
  Sub: sub,
  Sum: add,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
  Transpose: transpose,
  Upsample: resize,
  Where: where,
};

/** The rule of a node; undefined for an operator that has none, or of another domain than the standard one. */
export function ruleOf({ domain, opType }: NodeProto): Rule | undefined {
  return domain === "" || domain === "ai.onnx" ? rules[opType] : undefined;
}
