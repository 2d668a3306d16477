"""Normalisation by the size of X."""

import torch.nn.functional as F

OPS = {
    "LpNormalization": lambda inputs, attrs, opset: F.normalize(
        inputs[0], p=attrs.get("p", 2), dim=attrs.get("axis", -1), eps=0.0
    ),
    "LRN": lambda inputs, attrs, opset: F.local_response_norm(
        inputs[0], attrs["size"], attrs.get("alpha", 1e-4), attrs.get("beta", 0.75), attrs.get("bias", 1.0)
    ),
}
