"""Reductions over axes, each as one over the last axis of a matrix."""

import torch


def reduction(function):
    def twin(inputs, attrs, opset):
        x = inputs[0]
        given = inputs[1].tolist() if len(inputs) > 1 and inputs[1] is not None else attrs.get("axes", [])
        every = [] if attrs.get("noop_with_empty_axes", 0) else range(x.dim())
        axes = sorted(axis % x.dim() for axis in given) or list(every)
        others = [axis for axis in range(x.dim()) if axis not in axes]
        sizes = [x.shape[axis] for axis in others]
        rows = x.permute(others + axes).reshape(sizes + [-1])
        y = function(rows)
        if attrs.get("keepdims", 1):
            y = y.reshape([1 if axis in axes else size for axis, size in enumerate(x.shape)])
        return y

    return twin


def norm(order):
    return reduction(lambda rows: torch.linalg.vector_norm(rows, order, dim=-1))


OPS = {
    "ReduceSum": reduction(lambda rows: rows.sum(dim=-1)),
    "ReduceMean": reduction(lambda rows: rows.mean(dim=-1)),
    "ReduceMax": reduction(lambda rows: rows.amax(dim=-1)),
    "ReduceMin": reduction(lambda rows: rows.amin(dim=-1)),
    "ReduceL1": norm(1),
    "ReduceL2": norm(2),
    "ReduceSumSquare": reduction(lambda rows: rows.square().sum(dim=-1)),
    "ReduceLogSum": reduction(lambda rows: rows.sum(dim=-1).log()),
    "ReduceLogSumExp": reduction(lambda rows: rows.logsumexp(dim=-1)),
    "ReduceProd": reduction(lambda rows: rows.prod(dim=-1)),
}
