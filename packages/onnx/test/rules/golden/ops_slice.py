"""Slice."""

import torch


def slice_(inputs, attrs, opset):
    x = inputs[0]
    if opset < 10:
        starts, ends, axes, steps = attrs["starts"], attrs["ends"], attrs.get("axes"), None
    else:
        given = [None if value is None else value.tolist() for value in inputs[1:]] + [None, None]
        starts, ends, axes, steps = given[:4]
    for i, (start, end) in enumerate(zip(starts, ends)):
        axis = axes[i] if axes else i
        # Python cuts a list as the operator cuts an axis.
        kept = list(range(x.shape[axis]))[start : end : steps[i] if steps else 1]
        x = x.index_select(axis, torch.tensor(kept))
    return x


OPS = {"Slice": slice_}
