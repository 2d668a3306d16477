"""Operators that move numbers."""


def transpose(inputs, attrs, opset):
    x = inputs[0]
    return x.permute(attrs.get("perm", list(reversed(range(x.dim())))))


def reshape(inputs, attrs, opset):
    x, sizes = inputs[0], inputs[1].tolist()
    if not attrs.get("allowzero", 0):
        sizes = [x.shape[i] if size == 0 else size for i, size in enumerate(sizes)]
    return x.reshape(sizes)


def flatten(inputs, attrs, opset):
    x = inputs[0]
    head = x.shape[: attrs.get("axis", 1)]
    return x.reshape(head.numel(), -1)


def squeeze(inputs, attrs, opset):
    x = inputs[0]
    axes = axes_of(inputs, attrs)
    if axes is None:
        return x.squeeze()
    for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
        x = x.squeeze(axis)
    return x


def unsqueeze(inputs, attrs, opset):
    x = inputs[0]
    axes = axes_of(inputs, attrs)
    rank = x.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = x.unsqueeze(axis)
    return x


def axes_of(inputs, attrs):
    """An attribute before operator set 13, an input since."""
    return inputs[1].tolist() if len(inputs) > 1 else attrs.get("axes")


OPS = {
    "Transpose": transpose,
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Identity": lambda inputs, attrs, opset: inputs[0],
    "Tile": lambda inputs, attrs, opset: inputs[0].repeat(inputs[1].tolist()),
}
