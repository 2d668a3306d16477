"""Writes torch.json beside this file: losses and gradients of PyTorch in float64, for test/torch.test.ts.

Run it from anywhere with Debian's PyTorch (made with torch 1.13.1, numbers from seed 1):

    apt-get install python3-torch
    /usr/bin/python3 packages/core/test/golden/make_torch.py

Logits are float32 numbers, so that a float32 kernel sees the same ones. A "none" reduction is recorded by its
elements, its plain mean and the gradient of that mean. Focal and Dice are written out below, autograd does the rest.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(1)
CASES = []


def focal(x, t, alpha, gamma, from_logits):
    bce = F.binary_cross_entropy_with_logits if from_logits else F.binary_cross_entropy
    b = bce(x, t, reduction="none")
    return alpha * (1 - torch.exp(-b)) ** gamma * b


def dice(p, g, smooth, counted):
    axes = [0, *range(2, p.dim())]
    i = (p * g * counted).sum(axes)
    total = (p * counted).sum(axes) + (g * counted).sum(axes)
    return (1 - (2 * i + smooth) / (total + smooth)).mean()


def logits(*dims, scale=3.0):
    return ((torch.rand(dims) * 2 - 1) * scale).float().double()


def labels(*dims, classes, ignored=None):
    y = torch.randint(0, classes, dims)
    y.view(-1)[:classes] = torch.arange(classes)[: y.numel()]
    if ignored is not None:
        y[torch.rand(dims) < 0.3] = ignored
        y.view(-1)[-1] = 0
    return y


def record(name, loss, options, x, target, compute, dtype):
    x = x.clone().requires_grad_()
    out = compute(x)
    elements = None
    if out.dim() > 0 and options.get("reduction") == "none":
        elements = out.detach().reshape(-1).tolist()
        out = out.mean()
    out.backward()
    case = {
        "name": name,
        "loss": {"id": loss, "options": options},
        "logits": {"dims": list(x.shape), "data": x.detach().reshape(-1).tolist()},
        "target": {"type": dtype, "dims": list(target.shape), "data": target.reshape(-1).tolist()},
        "value": out.item(),
        "grad": x.grad.reshape(-1).tolist(),
    }
    if elements is not None:
        case["elements"] = elements
    CASES.append(case)


def pixel(name, loss, options, x, t, element):
    """A loss per element in all three reductions."""
    for reduction in ("mean", "sum", "none"):
        def compute(x):
            out = element(x)
            return out if reduction == "none" else getattr(out, reduction)()
        record(f"{name}, {reduction}", loss, {**options, "reduction": reduction}, x, t, compute, "float32")


for shape in ((2, 1, 3, 5), (2, 3, 7)):
    x = logits(*shape)
    hard = (torch.rand(shape) < 0.5).double()
    soft = torch.rand(shape).float().double()
    channels = shape[1]
    view = (1, channels) + (1,) * (len(shape) - 2)
    weights = [2.5, 0.5, 1.25][:channels]
    pw = torch.tensor(weights, dtype=torch.float64).reshape(view)
    for kind, t in (("hard", hard), ("soft", soft)):
        what = f"{kind} targets, {channels} channels"
        pixel(f"BCE with logits, {what}", "binary-cross-entropy", {}, x, t,
              lambda x: F.binary_cross_entropy_with_logits(x, t, reduction="none"))
        pixel(f"BCE with pos_weight, {what}", "binary-cross-entropy", {"posWeight": weights}, x, t,
              lambda x: F.binary_cross_entropy_with_logits(x, t, reduction="none", pos_weight=pw))
        p = (torch.rand(shape) * 0.96 + 0.02).float().double()
        pixel(f"BCE of probabilities, {what}", "binary-cross-entropy", {"input": "probabilities"}, p, t,
              lambda p: F.binary_cross_entropy(p, t, reduction="none"))
        for alpha, gamma in ((1, 2), (0.25, 2), (1, 0), (0.5, 3.5)):
            pixel(f"focal {alpha} {gamma}, {what}", "focal", {"alpha": alpha, "gamma": gamma}, x, t,
                  lambda x: focal(x, t, alpha, gamma, True))
        pixel(f"focal of probabilities, {what}", "focal", {"input": "probabilities"}, p, t,
              lambda p: focal(p, t, 1, 2, False))
        for smooth in (0, 1):
            record(f"Dice sigmoid smooth {smooth}, {what}", "dice", {"activation": "sigmoid", "smooth": smooth}, x, t,
                   lambda x: dice(torch.sigmoid(x), t, smooth, 1), "float32")

for classes, spatial in ((2, (3, 5)), (5, (7,))):
    for ignored in (None, 255):
        x = logits(2, classes, *spatial)
        y = labels(2, *spatial, classes=classes, ignored=ignored)
        ignore = {} if ignored is None else {"ignoreIndex": ignored}
        index = -100 if ignored is None else ignored
        weights = [0.25, 2.0, 1.0, 0.5, 4.0][:classes]
        w = torch.tensor(weights, dtype=torch.float64)
        for smoothing in (0, 0.125):
            for weighted in (False, True):
                for reduction in ("mean", "sum", "none"):
                    options = {**ignore, "reduction": reduction}
                    if smoothing:
                        options["labelSmoothing"] = smoothing
                    if weighted:
                        options["classWeights"] = weights
                    record(
                        f"CE of {classes} classes, ignore {ignored}, smoothing {smoothing}, "
                        f"{'weighted' if weighted else 'unweighted'}, {reduction}",
                        "cross-entropy", options, x, y,
                        lambda x: F.cross_entropy(
                            x, y, weight=w if weighted else None, ignore_index=index,
                            label_smoothing=smoothing, reduction=reduction),
                        "int32")
        counted = (y != index).double().unsqueeze(1)
        onehot = F.one_hot(y.clamp(max=classes - 1), classes).movedim(-1, 1).double()
        for smooth in (0, 1):
            record(f"Dice softmax of {classes} classes, ignore {ignored}, smooth {smooth}", "dice",
                   {**ignore, "smooth": smooth}, x, y,
                   lambda x: dice(torch.softmax(x, 1), onehot, smooth, counted), "int32")

out = pathlib.Path(__file__).with_name("torch.json")
lines = ",\n".join(json.dumps(case) for case in CASES)
out.write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')
