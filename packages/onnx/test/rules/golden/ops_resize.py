"""Resize and Upsample.

torch.nn.functional.interpolate where it has exactly the mode asked for; otherwise ONNX's formulas, axis by axis: a coordinate
of the input for each place of the output, and weights of the pixels around it.
"""

import math

import torch
import torch.nn.functional as F


def resize(inputs, attrs, opset):
    x = inputs[0]
    scales, sizes = targets(x, inputs, attrs, opset)
    # onnxruntime copies an input whose size stays, whatever the scales; by the formulas, scales would still move pixels.
    if sizes == list(x.shape):
        return x
    mode = attrs.get("mode", "nearest")
    # Before operator set 11, Resize and Upsample have no modes of coordinates or of rounding.
    coordinates = attrs.get("coordinate_transformation_mode", "half_pixel" if opset >= 11 else "asymmetric")
    rounding = attrs.get("nearest_mode", "round_prefer_floor" if opset >= 11 else "floor")
    known = interpolated(x, scales, sizes, mode, coordinates, rounding, attrs)
    if known is not None:
        return known
    for axis, (scale, size) in enumerate(zip(scales, sizes)):
        if (scale, size) != (1, x.shape[axis]):
            at = [coordinate(coordinates, i, x.shape[axis], size, scale) for i in range(size)]
            rows = [weights(kernel(mode, rounding, c, scale, attrs), x.shape[axis], attrs) for c in at]
            x = torch.tensordot(x, torch.stack(rows), dims=([axis], [1])).movedim(-1, axis)
    return x


def targets(x, inputs, attrs, opset):
    """Scale and size of every axis. Sizes that are given make the scales."""
    rank = x.dim()
    axes = [axis % rank for axis in attrs.get("axes", range(rank))]
    scales, sizes = [1.0] * rank, list(x.shape)
    if "scales" in attrs:
        given = attrs["scales"]
    else:
        given = inputs[1 if opset < 11 else 2] if len(inputs) > 1 else None
        given = [] if given is None else given.tolist()
    if len(given) > 0:
        for axis, scale in zip(axes, given):
            scales[axis], sizes[axis] = scale, math.floor(x.shape[axis] * scale)
    else:
        given = dict(zip(axes, inputs[3].tolist()))
        asked = [size / x.shape[axis] for axis, size in given.items()]
        policy = attrs.get("keep_aspect_ratio_policy", "stretch")
        for axis, size in given.items():
            if policy == "stretch":
                scales[axis], sizes[axis] = size / x.shape[axis], size
            else:
                scales[axis] = min(asked) if policy == "not_larger" else max(asked)
                sizes[axis] = math.floor(x.shape[axis] * scales[axis] + 0.5)
    return scales, sizes


def interpolated(x, scales, sizes, mode, coordinates, rounding, attrs):
    """By interpolate; None where it has not the mode."""
    name = {
        ("linear", "half_pixel"): "bilinear",
        ("linear", "align_corners"): "bilinear",
        ("cubic", "half_pixel"): "bicubic",
        ("cubic", "align_corners"): "bicubic",
        ("nearest", "asymmetric"): "nearest",
        ("nearest", "half_pixel"): "nearest-exact",
    }.get((mode, coordinates))
    excludes, antialias = attrs.get("exclude_outside", 0), attrs.get("antialias", 0)
    if name is None or x.dim() != 4 or sizes[:2] != list(x.shape[:2]):
        return None
    if mode == "nearest" and rounding != {"nearest": "floor", "nearest-exact": "round_prefer_ceil"}[name]:
        return None
    # PyTorch repeats the edge where it interpolates, and leaves out what lies beyond where it antialiases.
    if antialias and not (name == "bilinear" and coordinates == "half_pixel" and excludes):
        return None
    if mode == "cubic" and (attrs.get("cubic_coeff_a", -0.75) != -0.75 or excludes):
        return None
    corners = {} if mode == "nearest" else {"align_corners": coordinates == "align_corners"}
    by_scales = [size / before for size, before in zip(sizes[2:], x.shape[2:])] != scales[2:]
    target = {"scale_factor": tuple(scales[2:])} if by_scales else {"size": tuple(sizes[2:])}
    return F.interpolate(x, mode=name, **target, **corners, **({"antialias": True} if antialias else {}))


def coordinate(mode, i, before, after, scale):
    """Where in the input output pixel i lies."""
    if mode == "half_pixel":
        return (i + 0.5) / scale - 0.5
    if mode == "half_pixel_symmetric":
        middle = before / 2 * (1 - after / (scale * before))
        return middle + (i + 0.5) / scale - 0.5
    if mode == "pytorch_half_pixel":
        return (i + 0.5) / scale - 0.5 if after > 1 else 0.0
    if mode == "align_corners":
        return i * (before - 1) / (after - 1) if after > 1 else 0.0
    if mode == "asymmetric":
        return i / scale
    raise NotImplementedError(f"coordinates {mode} have no twin")


def weights(pixels, before, attrs):
    """What each pixel of the input counts in one of the output; a pixel beyond the edge is that of the edge."""
    row = torch.zeros(before, dtype=torch.float64)
    for pixel, weight in pixels:
        outside = not 0 <= pixel < before
        if not (outside and attrs.get("exclude_outside", 0)):
            row[min(max(pixel, 0), before - 1)] += weight
    return row / row.sum()


def kernel(mode, rounding, at, scale, attrs):
    """The pixels around `at`, with weights."""
    if mode == "nearest":
        places = {
            "round_prefer_floor": math.ceil(at - 0.5),
            "round_prefer_ceil": math.floor(at + 0.5),
            "floor": math.floor(at),
            "ceil": math.ceil(at),
        }
        return [(places[rounding], 1.0)]
    # Antialiasing widens the kernel to that of a pixel of the output.
    width = max(1, 1 / scale) if attrs.get("antialias", 0) else 1
    reach, weight = (1, tent) if mode == "linear" else (2, cubic(attrs.get("cubic_coeff_a", -0.75)))
    pixels = range(math.floor(at - reach * width), math.ceil(at + reach * width) + 1)
    return [(pixel, weight(abs(pixel - at) / width)) for pixel in pixels]


def tent(d):
    return max(0.0, 1 - d)


def cubic(a):
    """Keys, Cubic convolution interpolation, 1981."""

    def weight(d):
        if d <= 1:
            return (a + 2) * d**3 - (a + 3) * d**2 + 1
        return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0

    return weight


OPS = {"Resize": resize, "Upsample": resize}
