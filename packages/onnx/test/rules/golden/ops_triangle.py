"""Running sums, and triangles of matrices."""

import torch


def cum_sum(inputs, attrs, opset):
    x, axis = inputs[0], int(inputs[1])
    turned = x.flip(axis) if attrs.get("reverse", 0) else x
    y = torch.cumsum(turned, axis)
    if attrs.get("exclusive", 0):
        y = y - turned
    return y.flip(axis) if attrs.get("reverse", 0) else y


def trilu(inputs, attrs, opset):
    side = torch.triu if attrs.get("upper", 1) else torch.tril
    return side(inputs[0], int(inputs[1]) if len(inputs) > 1 else 0)


OPS = {"CumSum": cum_sum, "Trilu": trilu}
