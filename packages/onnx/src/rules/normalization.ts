/** Normalisation by the mean and variance of X: Y = S X̂ + B, where X̂ is X less a mean, divided by a deviation. */
import { elementCount } from "@pixelgrad/core";
import { floatAttribute, intAttribute, intsAttribute } from "../graph/attributes.ts";
import { atAxis } from "../graph/axis.ts";
import { sumToShape } from "./broadcast.ts";
import { formula } from "./formula.ts";
import { refusal } from "./refusal.ts";
import type { InputGrads, Rule, RuleContext } from "./rule.ts";
import { standardized } from "./standardization.ts";

/**
 * By mean and variance of each channel: those given, or with `training_mode` those of the batch. Before operator set 14,
 * onnxruntime takes those of the batch where the node gives statistics too.
 */
export const batchNormalization: Rule = (context) => {
  const { node, opset, outputGradOf, shape } = context;
  if (opset < 9 && intAttribute(node, "spatial", 1) === 0) {
    throw refusal(node, "it has statistics of each pixel, and only those of each channel have one");
  }
  const statistics = node.output.slice(1);
  if (statistics.some((_, i) => outputGradOf(i + 1) !== undefined)) {
    throw refusal(node, "the output depends on the statistics it gives, and only on Y has one");
  }
  const dims = shape(node.input[0] as string);
  const perChannel = dims.map((size, axis) => (axis === 1 ? size : 1));
  const rest = [...dims.keys()].filter((axis) => axis !== 1);
  const form = { perChannel, rest, epsilon: floatAttribute(node, "epsilon", 1e-5) };
  const ofBatch =
    opset < 14 ? statistics.some((name) => name !== "") : intAttribute(node, "training_mode", 0) !== 0;
  return ofBatch ? batchStatistics(context, form) : frozen(context, form);
};

interface ChannelForm {
  /** `[1, C, 1, ...]` */
  readonly perChannel: readonly number[];
  /** All axes but that of the channels. */
  readonly rest: readonly number[];
  readonly epsilon: number;
}

/**
 * X̂ = (X - M) / σ with σ = √(V + ε), and neither M nor V depends on X:
 * dX = dY S / σ, dS = Σ dY X̂, dB = Σ dY, dM = -S / σ dB, dV = -S / (2 σ²) dS.
 */
function frozen(context: RuleContext, { perChannel, rest, epsilon }: ChannelForm): InputGrads {
  const { node, outputGrad, needs, shape, saved } = context;
  const { add, sub, mul, div, sqrt, sum, reshape } = formula(context);
  const [x, scale, bias, mean, variance] = node.input as [string, string, string, string, string];
  const channel = (value: string) => reshape(saved(value), perChannel);
  const inverse = div(1, sqrt(add(channel(variance), epsilon)));
  const gain = () => mul(channel(scale), inverse);
  const gradBias = () => sum(outputGrad, rest);
  const gradScale = () => mul(sum(mul(outputGrad, sub(saved(x), channel(mean))), rest), inverse);
  return [
    needs(0) ? mul(outputGrad, gain()) : undefined,
    needs(1) ? reshape(gradScale(), shape(scale)) : undefined,
    needs(2) ? reshape(gradBias(), shape(bias)) : undefined,
    needs(3) ? reshape(mul(-1, gain(), gradBias()), shape(mean)) : undefined,
    needs(4) ? reshape(mul(-0.5, gain(), inverse, gradScale()), shape(variance)) : undefined,
  ];
}

/** dX̂ = dY S, dS = Σ dY X̂, dB = Σ dY; the running statistics that are given do not count. */
function batchStatistics(context: RuleContext, { perChannel, rest, epsilon }: ChannelForm): InputGrads {
  const { node, outputGrad, needs, shape, saved } = context;
  const { mul, sum, reshape } = formula(context);
  const [x, scale, bias] = node.input as [string, string, string];
  const { hat, grad } = standardized(context, saved(x), rest, epsilon);
  return [
    needs(0) ? grad(mul(outputGrad, reshape(saved(scale), perChannel))) : undefined,
    needs(1) ? reshape(sum(mul(outputGrad, hat), rest), shape(scale)) : undefined,
    needs(2) ? reshape(sum(outputGrad, rest), shape(bias)) : undefined,
  ];
}

/**
 * By mean and variance over all axes from one on: dX̂ = dY S; dS = dY X̂ and dB = dY, each summed where S and B were
 * broadcast.
 */
export const layerNormalization: Rule = (context) => {
  const { node, outputGrad, outputGradOf, needs, shape, saved } = context;
  const { mul } = formula(context);
  if (outputGradOf(1) ?? outputGradOf(2)) {
    throw refusal(node, "the output depends on the statistics it gives, and only on Y has one");
  }
  const [x, scale, bias] = node.input as [string, string, string | undefined];
  const dims = shape(x);
  const axis = intAttribute(node, "axis", -1);
  const axes = [...dims.keys()].slice(axis);
  const { hat, grad } = standardized(context, saved(x), axes, floatAttribute(node, "epsilon", 1e-5));
  return [
    needs(0) ? grad(mul(outputGrad, saved(scale))) : undefined,
    needs(1) ? sumToShape(context, mul(outputGrad, hat), dims, shape(scale)) : undefined,
    bias && needs(2) ? sumToShape(context, outputGrad, dims, shape(bias)) : undefined,
  ];
};

/** By mean and variance of each channel of each sample. */
export const instanceNormalization: Rule = (context) => {
  const [, channels] = context.shape(context.node.input[0] as string) as [number, number];
  return grouped(context, channels, channels);
};

/** By mean and variance of groups of channels; S and B are of groups in operator set 18, of channels from 21 on. */
export const groupNormalization: Rule = (context) => {
  const { node, opset, shape } = context;
  const [, channels] = shape(node.input[0] as string) as [number, number];
  const groups = intAttribute(node, "num_groups", 1);
  return grouped(context, groups, opset < 21 ? groups : channels);
};

/** dX̂ = dY S, dS = Σ dY X̂, dB = Σ dY. */
function grouped(context: RuleContext, groups: number, scales: number): InputGrads {
  const { node, outputGrad, needs, shape, saved } = context;
  const { mul, sum, reshape } = formula(context);
  const [x, scale, bias] = node.input as [string, string, string];
  const dims = shape(x);
  const [samples] = dims as [number];
  const perSample = elementCount(dims.slice(1));
  const byGroup = [samples, groups, perSample / groups];
  const byScale = [samples, scales, perSample / scales];
  const dy = reshape(outputGrad, byScale);
  const { hat, grad } = standardized(
    context,
    reshape(saved(x), byGroup),
    [2],
    floatAttribute(node, "epsilon", 1e-5),
  );
  const gradX = () => {
    const hatGrad = mul(dy, reshape(saved(scale), [1, scales, 1]));
    return reshape(grad(reshape(hatGrad, byGroup)), dims);
  };
  return [
    needs(0) ? gradX() : undefined,
    needs(1) ? reshape(sum(mul(dy, reshape(hat, byScale)), [0, 2]), shape(scale)) : undefined,
    needs(2) ? reshape(sum(dy, [0, 2]), shape(bias)) : undefined,
  ];
}

/**
 * Y = (X - μ) / (σ + 10⁻⁹) over the axes. √(σ² + 10⁻¹⁸) is that denominator to float32, and like it not 0 where X is
 * constant; the slope there is 10⁹.
 */
export const meanVarianceNormalization: Rule = (context) => {
  const { node, outputGrad, shape, saved } = context;
  const x = node.input[0] as string;
  const rank = shape(x).length;
  const axes = intsAttribute(node, "axes", [0, 2, 3]).map((axis) => atAxis(axis, rank));
  return [standardized(context, saved(x), axes, 1e-18).grad(outputGrad)];
};
