"""Products of matrices."""

import torch


def gemm(inputs, attrs, opset):
    a, b = inputs[:2]
    a = a.t() if attrs.get("transA", 0) else a
    b = b.t() if attrs.get("transB", 0) else b
    y = attrs.get("alpha", 1.0) * torch.mm(a, b)
    c = inputs[2] if len(inputs) > 2 else None
    return y if c is None else y + attrs.get("beta", 1.0) * c


OPS = {"MatMul": lambda inputs, attrs, opset: torch.matmul(*inputs), "Gemm": gemm}
