"""Activation functions without kinks, or with one between two smooth parts; softmax; dropout that does nothing."""

import torch
import torch.nn.functional as F


def selu(inputs, attrs, opset):
    alpha = attrs.get("alpha", 1.6732632423543772)
    return attrs.get("gamma", 1.0507009873554805) * F.elu(inputs[0], alpha)


def over_axis(function):
    def twin(inputs, attrs, opset):
        (x,) = inputs
        if opset >= 13:
            return function(x, dim=attrs.get("axis", -1))
        rows = torch.flatten(x, start_dim=attrs.get("axis", 1))
        return function(rows, dim=-1).reshape(x.shape)

    return twin


OPS = {
    "Sigmoid": lambda inputs, attrs, opset: torch.sigmoid(inputs[0]),
    "Tanh": lambda inputs, attrs, opset: torch.tanh(inputs[0]),
    "Softplus": lambda inputs, attrs, opset: F.softplus(inputs[0], threshold=1e9),
    "Softsign": lambda inputs, attrs, opset: F.softsign(inputs[0]),
    "Elu": lambda inputs, attrs, opset: F.elu(inputs[0], attrs.get("alpha", 1.0)),
    "Selu": selu,
    "Celu": lambda inputs, attrs, opset: F.celu(inputs[0], attrs.get("alpha", 1.0)),
    "Mish": lambda inputs, attrs, opset: F.mish(inputs[0]),
    "Gelu": lambda inputs, attrs, opset: F.gelu(inputs[0], approximate=attrs.get("approximate", "none")),
    "Softmax": over_axis(torch.softmax),
    "LogSoftmax": over_axis(torch.log_softmax),
    "Dropout": lambda inputs, attrs, opset: (inputs[0], torch.ones_like(inputs[0], dtype=torch.bool)),
}
