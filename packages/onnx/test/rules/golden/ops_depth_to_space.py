"""Blocks of pixels as channels, and back: PyTorch's shuffles have the channel first and the place in the block last."""

import torch.nn.functional as F


def depth_to_space(inputs, attrs, opset):
    x, size = inputs[0], attrs["blocksize"]
    if attrs.get("mode", "DCR") == "DCR":
        x = x.unflatten(1, (size * size, -1)).transpose(1, 2).flatten(1, 2)
    return F.pixel_shuffle(x, size)


def space_to_depth(inputs, attrs, opset):
    size = attrs["blocksize"]
    return F.pixel_unshuffle(inputs[0], size).unflatten(1, (-1, size * size)).transpose(1, 2).flatten(1, 2)


OPS = {"DepthToSpace": depth_to_space, "SpaceToDepth": space_to_depth}
