"""Conv and ConvTranspose, over one, two or three axes."""

import torch.nn.functional as F

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def conv(inputs, attrs, opset):
    x, w = inputs[:2]
    axes = w.dim() - 2
    strides, dilations = steps(attrs, axes)
    begin, end = same_pads(x.shape[2:], w.shape[2:], strides, dilations, attrs)
    # F.conv pads both sides alike, so the pads come first.
    x = F.pad(x, flat_pads(begin, end))
    return CONV[axes](x, w, optional(inputs, 2), strides, 0, dilations, attrs.get("group", 1))


def conv_transpose(inputs, attrs, opset):
    """The output without pads, cut or filled up to the size that the operator's pages tell."""
    x, w = inputs[:2]
    axes = w.dim() - 2
    strides, dilations = steps(attrs, axes)
    full = CONV_TRANSPOSE[axes](x, w, None, strides, 0, 0, attrs.get("group", 1), dilations)
    added = attrs.get("output_padding", [0] * axes)
    mode = attrs.get("auto_pad", "NOTSET")
    pads = attrs.get("pads", [0] * (2 * axes)) if mode == "NOTSET" else [0] * (2 * axes)
    begin, end = pads[:axes], pads[axes:]
    wanted = attrs.get("output_shape")
    if wanted is None and mode.startswith("SAME"):
        wanted = [size * stride for size, stride in zip(x.shape[2:], strides)]
    if wanted is not None:
        total = [max(0, have + more - want) for have, more, want in zip(full.shape[2:], added, wanted)]
        begin = [t // 2 if mode == "SAME_UPPER" else t - t // 2 for t in total]
        end = [t - b for t, b in zip(total, begin)]
    sizes = [have + more - b - e for have, more, b, e in zip(full.shape[2:], added, begin, end)]
    if "output_shape" in attrs:
        sizes = wanted
    last = [size + b - have for size, b, have in zip(sizes, begin, full.shape[2:])]
    y = F.pad(full, flat_pads([-b for b in begin], last))
    bias = optional(inputs, 2)
    return y if bias is None else y + bias.reshape([1, -1] + [1] * axes)


def steps(attrs, axes):
    return attrs.get("strides", [1] * axes), attrs.get("dilations", [1] * axes)


def same_pads(sizes, kernel, strides, dilations, attrs):
    """The pads at the beginning and at the end of each axis, also of a pool."""
    axes = len(kernel)
    mode = attrs.get("auto_pad", "NOTSET")
    if not mode.startswith("SAME"):
        pads = attrs.get("pads", [0] * (2 * axes)) if mode == "NOTSET" else [0] * (2 * axes)
        return pads[:axes], pads[axes:]
    begin, end = [], []
    for size, taps, stride, dilation in zip(sizes, kernel, strides, dilations):
        output = -(-size // stride)
        total = max(0, (output - 1) * stride + (taps - 1) * dilation + 1 - size)
        begin.append(total // 2 if mode == "SAME_UPPER" else total - total // 2)
        end.append(total - begin[-1])
    return begin, end


def flat_pads(begin, end):
    """As F.pad has them: from the last axis."""
    return [pad for pair in reversed(list(zip(begin, end))) for pad in pair]


def optional(inputs, i):
    return inputs[i] if len(inputs) > i else None


OPS = {"Conv": conv, "ConvTranspose": conv_transpose}
