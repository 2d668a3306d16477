"""Activation functions of kinks, and the Constant nodes that give their bounds."""

import torch
import torch.nn.functional as F


def prelu(inputs, attrs, opset):
    x, slope = inputs
    return torch.where(x > 0, x, slope * x)


def clip(inputs, attrs, opset):
    x, low, high = (list(inputs) + [None, None])[:3]
    low, high = (attrs.get("min"), attrs.get("max")) if opset < 11 else (low, high)
    return x if low is None and high is None else torch.clamp(x, min=low, max=high)


def constant(inputs, attrs, opset):
    ((name, value),) = attrs.items()
    if name == "value":
        return value
    return torch.tensor(value, dtype=torch.float64 if "float" in name else torch.int64)


OPS = {
    "Relu": lambda inputs, attrs, opset: F.relu(inputs[0]),
    "LeakyRelu": lambda inputs, attrs, opset: F.leaky_relu(inputs[0], attrs.get("alpha", 0.01)),
    "PRelu": prelu,
    "ThresholdedRelu": lambda inputs, attrs, opset: F.threshold(inputs[0], attrs.get("alpha", 1.0), 0.0),
    "Clip": clip,
    "HardSigmoid": lambda inputs, attrs, opset: torch.clamp(
        attrs.get("alpha", 0.2) * inputs[0] + attrs.get("beta", 0.5), 0.0, 1.0
    ),
    "HardSwish": lambda inputs, attrs, opset: F.hardswish(inputs[0]),
    "Constant": constant,
}
