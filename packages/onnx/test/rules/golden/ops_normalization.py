"""Normalisation by mean and variance."""

import torch
import torch.nn.functional as F


def batch_normalization(inputs, attrs, opset):
    """y alone, as no case reads the statistics."""
    x, scale, bias, mean, variance = inputs
    epsilon = attrs.get("epsilon", 1e-5)
    if attrs.get("training_mode", 0):
        return F.batch_norm(x, None, None, scale, bias, training=True, eps=epsilon)
    # F.batch_norm has no gradient of the statistics.
    shape = [1, -1] + [1] * (x.dim() - 2)
    hat = (x - mean.reshape(shape)) / torch.sqrt(variance.reshape(shape) + epsilon)
    return scale.reshape(shape) * hat + bias.reshape(shape)


def group_normalization(inputs, attrs, opset):
    x, scale, bias = inputs
    groups = attrs["num_groups"]
    if opset < 21:
        scale, bias = (v.repeat_interleave(x.shape[1] // groups) for v in (scale, bias))
    return F.group_norm(x, groups, scale, bias, attrs.get("epsilon", 1e-5))


def layer_normalization(inputs, attrs, opset):
    x, scale = inputs[:2]
    axis = attrs.get("axis", -1) % x.dim()
    y = scale * F.layer_norm(x, x.shape[axis:], eps=attrs.get("epsilon", 1e-5))
    return y + inputs[2] if len(inputs) > 2 else y


def mean_variance_normalization(inputs, attrs, opset):
    (x,) = inputs
    axes = attrs.get("axes", [0, 2, 3])
    variance, mean = torch.var_mean(x, dim=axes, unbiased=False, keepdim=True)
    return (x - mean) / (torch.sqrt(variance) + 1e-9)


OPS = {
    "BatchNormalization": batch_normalization,
    "InstanceNormalization": lambda inputs, attrs, opset: F.instance_norm(
        inputs[0], weight=inputs[1], bias=inputs[2], eps=attrs.get("epsilon", 1e-5)
    ),
    "GroupNormalization": group_normalization,
    "LayerNormalization": layer_normalization,
    "MeanVarianceNormalization": mean_variance_normalization,
}
