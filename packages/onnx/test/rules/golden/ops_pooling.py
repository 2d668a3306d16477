"""Pools, by laying out every window along axes of its own."""

import math

import torch
import torch.nn.functional as F
from ops_conv import flat_pads, same_pads, steps


def max_pool(inputs, attrs, opset):
    x = inputs[0]
    windows = windows_of(x, attrs, -math.inf)
    y = windows.amax(kernel_axes(attrs))
    return y, y


def average_pool(inputs, attrs, opset):
    x = inputs[0]
    ones = torch.ones_like(x.detach())
    if attrs.get("count_include_pad", 0):
        begin, end = pads_of(x, attrs)
        # Numbers of the pads count, those beyond them do not.
        counted = windows_of(F.pad(ones, flat_pads(begin, end), value=1.0), {**attrs, "laid": x.shape}, 0.0)
    else:
        counted = windows_of(ones, attrs, 0.0)
    axes = kernel_axes(attrs)
    return windows_of(x, attrs, 0.0).sum(axes) / counted.sum(axes)


def global_pool(function):
    return lambda inputs, attrs, opset: function(inputs[0], tuple(range(2, inputs[0].dim())), keepdim=True)


def windows_of(x, attrs, fill):
    """[N, C, ...places, ...kernel]; with `laid`, x is padded already and those are its dims without."""
    kernel = attrs["kernel_shape"]
    axes = len(kernel)
    strides, dilations = steps(attrs, axes)
    sizes = attrs.get("laid", x.shape)[2:]
    begin, end = same_pads(sizes, kernel, strides, dilations, attrs)
    places = [
        places_of(size, b, e, stride, (taps - 1) * dilation + 1, attrs.get("ceil_mode", 0))
        for size, b, e, stride, taps, dilation in zip(sizes, begin, end, strides, kernel, dilations)
    ]
    needed = [
        (count - 1) * stride + (taps - 1) * dilation + 1
        for count, stride, taps, dilation in zip(places, strides, kernel, dilations)
    ]
    if "laid" in attrs:
        begin = [0] * axes
    # What no window reaches is cut off, by a negative pad.
    x = F.pad(x, flat_pads(begin, [n - b - size for n, b, size in zip(needed, begin, x.shape[2:])]), value=fill)
    for axis in range(axes):
        at = torch.arange(places[axis])[:, None] * strides[axis] + torch.arange(kernel[axis]) * dilations[axis]
        # Axes of places first, those of the kernel behind.
        x = x.index_select(2 + axis, at.reshape(-1)).unflatten(2 + axis, tuple(at.shape)).movedim(3 + axis, -1)
    return x


def places_of(size, begin, end, stride, width, ceil):
    room = size + begin + end - width
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    # A window that would begin behind the last pixel is none.
    return count - 1 if (count - 1) * stride >= size + begin else count


def pads_of(x, attrs):
    strides, dilations = steps(attrs, len(attrs["kernel_shape"]))
    return same_pads(x.shape[2:], attrs["kernel_shape"], strides, dilations, attrs)


def kernel_axes(attrs):
    return tuple(range(-len(attrs["kernel_shape"]), 0))


OPS = {
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalMaxPool": global_pool(torch.amax),
    "GlobalAveragePool": global_pool(torch.mean),
}
