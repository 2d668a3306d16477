"""Einsum."""

import torch

OPS = {"Einsum": lambda inputs, attrs, opset: torch.einsum(attrs["equation"].replace(" ", ""), *inputs)}
