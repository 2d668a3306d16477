"""Pad."""

import torch
import torch.nn.functional as F

MODES = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def pad(inputs, attrs, opset):
    x, rank = inputs[0], inputs[0].dim()
    pads = attrs["pads"] if opset < 11 else inputs[1].tolist()
    value = inputs[2] if len(inputs) > 2 else None
    axes = inputs[3].tolist() if len(inputs) > 3 else list(range(rank))
    mode = attrs.get("mode", "constant")
    for i, axis in enumerate(axes):
        pair = [pads[i], pads[i + len(axes)]]
        if mode == "constant":
            number = 0.0 if value is None else float(value)
            x = F.pad(x.movedim(axis, -1), pair, value=number).movedim(-1, axis)
        elif any(pair):
            places = torch.arange(x.shape[axis], dtype=torch.float64).reshape(1, 1, -1)
            x = x.index_select(axis, F.pad(places, pair, mode=MODES[mode]).long().reshape(-1))
    return x


OPS = {"Pad": pad}
