"""Writes a golden file per family of rule cases beside this script: y and the gradient of every input, by PyTorch's
autograd in float64, for test/rules/golden.test.ts.

    apt-get install python3-torch        # Debian's torch 1.13.1 made the committed files
    pnpm run golden                      # writes cases.json from test/rules/cases, then runs this script on it

Every graph is evaluated node by node through the OPS of the ops_*.py modules beside this script: `fn(inputs, attrs, opset)`
takes a list of tensors (float64, int64, bool, or None where an optional input is left out) and a dict of plain values
(tensor attributes as tensors), and returns a tensor or a tuple of them. The files are in the public domain (CC0 1.0).
"""

import importlib
import json
import math
import pathlib
import sys

import torch

# The modules beside this script leave nothing beside it.
sys.dont_write_bytecode = True

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE / "cases.json"
# The tests' bound is 1e-5.
DIGITS = 9


def operators():
    ops = {}
    for path in sorted(HERE.glob("ops_*.py")):
        for op, twin in importlib.import_module(path.stem).OPS.items():
            if op in ops:
                raise SystemExit(f"{op} has two twins, one of them in {path.name}.")
            ops[op] = twin
    return ops


def tensor_of(given):
    dtype = {"float32": torch.float64, "int64": torch.int64, "bool": torch.bool}[given["type"]]
    # A number that JSON cannot hold comes as text.
    data = [float(x) if isinstance(x, str) else x for x in given["data"]]
    return torch.tensor(data, dtype=dtype).reshape(given["dims"])


def attribute_of(given):
    return tensor_of(given["tensor"]) if isinstance(given, dict) else given


def compute(case, ops):
    """y and the gradients by input."""
    inputs = {name: tensor_of(given).requires_grad_() for name, given in case["inputs"].items()}
    values = {**inputs, **{name: tensor_of(given) for name, given in case["constants"].items()}}
    for node in case["nodes"]:
        attrs = {name: attribute_of(given) for name, given in node["attributes"].items()}
        results = ops[node["op"]]([values.get(name) for name in node["inputs"]], attrs, case["opset"])
        values.update(zip(node["outputs"], results if isinstance(results, (tuple, list)) else (results,)))
    y, functional = values["y"], tensor_of(case["outputGrad"])
    if y.shape != functional.shape:
        raise ValueError(f"y is {list(y.shape)}, onnxruntime makes {list(functional.shape)}")
    if y.dtype != torch.float64:
        raise ValueError(f"y is {y.dtype}, expected float64")
    y.backward(functional)
    grads = {name: torch.zeros_like(x) if x.grad is None else x.grad for name, x in inputs.items()}
    return y.detach(), grads


def numbers(tensor):
    return [shortest(x) for x in tensor.reshape(-1).tolist()]


def shortest(x):
    if not math.isfinite(x):
        raise ValueError(f"a result is {x}")
    rounded = float(f"{x:.{DIGITS}g}")
    return int(rounded) if rounded == int(rounded) else rounded


def line(case, ops):
    y, grads = compute(case, ops)
    golden = {
        "hash": case["hash"],
        "y": numbers(y),
        "grads": {name: numbers(grad) for name, grad in grads.items()},
    }
    return f"{json.dumps(case['title'])}: {json.dumps(golden, separators=(',', ':'))}"


def main():
    ops = operators()
    failures = []
    for path in HERE.glob("*.json"):
        if path != CASES:
            path.unlink()
    for family, cases in json.loads(CASES.read_text()).items():
        lines = []
        for case in cases:
            missing = sorted({node["op"] for node in case["nodes"]} - set(ops))
            if missing:
                failures.append(f"{family}: '{case['title']}' needs {', '.join(missing)} in an ops_*.py")
                continue
            try:
                lines.append(line(case, ops))
            except Exception as error:
                failures.append(f"{family}: '{case['title']}' failed, {type(error).__name__}: {error}")
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        (HERE / f"{family}.json").write_text(text)
        print(f"{family}: {len(lines)} of {len(cases)} cases, {math.ceil(len(text) / 1024)} KiB")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
