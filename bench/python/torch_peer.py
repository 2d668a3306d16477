"""Serves PyTorch losses, and the training of a head, to the bench, each written the way PyTorch users write it.

A request is a line of JSON on stdin, followed by raw little-endian arrays where it says so; the reply is a line of JSON on
stdout, followed by the gradient where it says so.

  {"do": "load", "name": ..., "loss": ..., "dims": [N, C, ...]}  + float32 logits + uint8 labels -> {}
  {"do": "load-head", "name": ..., "dims": [N, C, H, W], "channels": [C, hidden, classes]}
      + float32 features, weight and bias of either convolution, output gradient -> {}
  {"do": "run", "name": ..., "threads": n}       -> {"ms": ..., "value": ...}
  {"do": "gradient", "name": ..., "threads": n}  -> {"value": ..., "bytes": ...} + float32 gradient
  {"do": "clear"}                                -> {}

The gradient of a head is that of its parameters, one after the other.
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    def __init__(self, alpha=1.0, gamma=2.0):
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma

    def forward(self, logits, target):
        bce = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        pt = torch.exp(-bce)
        return (self.alpha * (1 - pt) ** self.gamma * bce).mean()


class DiceLoss(nn.Module):
    def __init__(self, smooth=1.0):
        super().__init__()
        self.smooth = smooth

    def forward(self, logits, labels):
        probs = F.softmax(logits, dim=1)
        truth = F.one_hot(labels, logits.shape[1]).permute(0, 3, 1, 2).to(probs.dtype)
        axes = (0, 2, 3)
        overlap = (probs * truth).sum(axes)
        total = probs.sum(axes) + truth.sum(axes)
        return (1 - (2 * overlap + self.smooth) / (total + self.smooth)).mean()


class CrossEntropyDiceLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.cross_entropy = nn.CrossEntropyLoss()
        self.dice = DiceLoss()

    def forward(self, logits, labels):
        return self.cross_entropy(logits, labels) + self.dice(logits, labels)


class LovaszSoftmax(nn.Module):
    """Berman, Triki, Blaschko, CVPR 2018, algorithm 1, mean over the classes that are present."""

    def forward(self, logits, labels):
        classes = logits.shape[1]
        probs = F.softmax(logits, dim=1).permute(0, 2, 3, 1).reshape(-1, classes)
        labels = labels.reshape(-1)
        losses = []
        for c in range(classes):
            truth = (labels == c).to(probs.dtype)
            if truth.sum() == 0:
                continue
            errors, order = (truth - probs[:, c]).abs().sort(descending=True)
            losses.append(torch.dot(errors, self.steps(truth[order])))
        return torch.stack(losses).mean()

    @staticmethod
    def steps(truth):
        """How much each pixel, in order of error, adds to the Jaccard loss of the pixels before it."""
        positives = truth.sum()
        jaccard = 1 - (positives - truth.cumsum(0)) / (positives + (1 - truth).cumsum(0))
        return torch.cat((jaccard[:1], jaccard[1:] - jaccard[:-1]))


LOSSES = {
    "binary-cross-entropy": nn.BCEWithLogitsLoss(),
    "focal(gamma=2)": FocalLoss(gamma=2.0),
    "cross-entropy": nn.CrossEntropyLoss(),
    "dice": DiceLoss(),
    "cross-entropy + dice": CrossEntropyDiceLoss(),
    "lovasz-softmax": LovaszSoftmax(),
}


def read_tensor(stream, count, dtype, size):
    buffer = bytearray(count * size)
    view, at = memoryview(buffer), 0
    while at < len(buffer):
        read = stream.readinto(view[at:])
        if not read:
            raise EOFError("the arrays ended early")
        at += read
    return torch.frombuffer(buffer, dtype=dtype)


class Problem:
    def __init__(self, request, stream):
        dims = request["dims"]
        self.loss = LOSSES[request["loss"]]
        self.logits = read_tensor(stream, math.prod(dims), torch.float32, 4).reshape(dims).requires_grad_()
        labels = read_tensor(stream, math.prod(dims) // dims[1], torch.uint8, 1)
        if dims[1] == 1:
            self.target = labels.reshape(dims).float()
        else:
            self.target = labels.reshape(dims[:1] + dims[2:]).long()

    def step(self):
        """Forward and backward; milliseconds and the value."""
        self.logits.grad = None
        begin = time.perf_counter()
        loss = self.loss(self.logits, self.target)
        loss.backward()
        value = loss.item()
        return (time.perf_counter() - begin) * 1e3, value

    def gradient(self):
        return self.logits.grad


class ConvHead:
    """Conv3x3, ReLU, Conv1x1; the features are given and get no gradient."""

    def __init__(self, request, stream):
        dims, (channels, hidden, classes) = request["dims"], request["channels"]

        def read(*shape):
            return read_tensor(stream, math.prod(shape), torch.float32, 4).reshape(shape)

        self.features = read(*dims)
        self.layers = nn.Sequential(
            nn.Conv2d(channels, hidden, 3, padding=1), nn.ReLU(), nn.Conv2d(hidden, classes, 1)
        )
        with torch.no_grad():
            for parameter in self.layers.parameters():
                parameter.copy_(read(*parameter.shape))
        self.output_grad = read(dims[0], classes, *dims[2:])

    def step(self):
        """Forward and backward; milliseconds and the output times its gradient, summed."""
        self.layers.zero_grad(set_to_none=True)
        begin = time.perf_counter()
        output = self.layers(self.features)
        output.backward(self.output_grad)
        ms = (time.perf_counter() - begin) * 1e3
        return ms, (output.detach().double() * self.output_grad).sum().item()

    def gradient(self):
        return torch.cat([parameter.grad.reshape(-1) for parameter in self.layers.parameters()])


def serve(requests, replies):
    problems = {}

    def reply(answer):
        replies.write(json.dumps(answer).encode() + b"\n")

    reply({"version": torch.__version__, "onednn": torch.backends.mkldnn.is_available()})
    replies.flush()
    for line in iter(requests.readline, b""):
        request = json.loads(line)
        if request["do"] == "load":
            problems[request["name"]] = Problem(request, requests)
            reply({})
        elif request["do"] == "load-head":
            problems[request["name"]] = ConvHead(request, requests)
            reply({})
        elif request["do"] == "clear":
            problems.clear()
            reply({})
        else:
            torch.set_num_threads(request["threads"])
            problem = problems[request["name"]]
            ms, value = problem.step()
            if request["do"] == "run":
                reply({"ms": ms, "value": value})
            else:
                gradient = problem.gradient().contiguous().numpy()
                reply({"value": value, "bytes": gradient.nbytes})
                replies.write(memoryview(gradient).cast("B"))
        replies.flush()


serve(sys.stdin.buffer, sys.stdout.buffer)
