"""Elementary functions of one input, powers, and changes of number format."""

import torch


def of_one(function):
    return lambda inputs, attrs, opset: function(inputs[0])


OPS = {
    "Neg": of_one(torch.neg),
    "Abs": of_one(torch.abs),
    "Exp": of_one(torch.exp),
    "Log": of_one(torch.log),
    "Sqrt": of_one(torch.sqrt),
    "Reciprocal": of_one(torch.reciprocal),
    "Sin": of_one(torch.sin),
    "Cos": of_one(torch.cos),
    "Erf": of_one(torch.erf),
    "Floor": of_one(torch.floor),
    "Ceil": of_one(torch.ceil),
    "Round": of_one(torch.round),
    "Sign": of_one(torch.sign),
    "Pow": lambda inputs, attrs, opset: torch.pow(inputs[0], inputs[1]),
    # Between formats of floating point; float64 stands for all of them here.
    "Cast": of_one(lambda x: x.clone()),
}
