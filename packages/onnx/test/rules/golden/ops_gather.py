"""Operators that pick numbers by their indices, or put them there."""

import torch


def gather(inputs, attrs, opset):
    x, indices = inputs
    axis = attrs.get("axis", 0) % x.dim()
    return x[(slice(None),) * axis + (indices,)]


def gather_elements(inputs, attrs, opset):
    x, indices = inputs
    axis = attrs.get("axis", 0)
    return torch.gather(x, axis, indices % x.shape[axis])


def gather_nd(inputs, attrs, opset):
    x, indices = inputs
    return x[indices.unbind(-1)]


def scatter_elements(inputs, attrs, opset):
    x, indices, updates = inputs
    axis = attrs.get("axis", 0)
    put = {"none": torch.scatter, "add": torch.scatter_add}[attrs.get("reduction", "none")]
    return put(x, axis, indices % x.shape[axis], updates)


def scatter_nd(inputs, attrs, opset):
    x, indices, updates = inputs
    return x.index_put(indices.unbind(-1), updates, accumulate=attrs.get("reduction", "none") == "add")


OPS = {
    "Gather": gather,
    "GatherElements": gather_elements,
    "GatherND": gather_nd,
    "ScatterElements": scatter_elements,
    "ScatterND": scatter_nd,
}
