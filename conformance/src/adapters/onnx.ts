/** ONNX node tests: SoftmaxCrossEntropyLoss, NegativeLogLikelihoodLoss, and the activations. @module */
import { elementCount, logSoftmax, lossFrom, oneHot, sigmoid, softmax, type Tensor } from "@pixelgrad/core";
import { floats, labels, numbersOf, reshaped, target } from "../arrays.ts";
import { type Adapter, defined, type Measurement } from "../plan.ts";
import type { EncodedArray, Tolerance, VectorCase } from "../vectors.ts";

/** The outputs are full float32. */
const tolerance: Tolerance = { rtol: 1e-6, atol: 2 ** -23 };

/** Input, target, weight; the second output of some is the log-probabilities. */
function labelLoss(id: string): Adapter["plan"] {
  return ({ attributes = {}, inputs = [], outputs = [] }) => {
    const [x, y, weight] = inputs;
    const options = defined({
      reduction: attributes["reduction"] ?? "mean",
      ignoreIndex: attributes["ignore_index"],
      classWeights: weight && numbersOf(weight),
    });
    const logits = floats(x);
    return {
      measure: () => {
        const { value, elements } = lossFrom({ id, options }).evaluate(logits, target(y));
        const log = outputs.length > 1 ? Array.from(logSoftmax(logits).data) : [];
        return { value: [...(elements?.data ?? [value]), ...log] };
      },
      expected: outputs.flatMap((output) => numbersOf(output)),
    };
  };
}

export const onnxSoftmaxCrossEntropy: Adapter = {
  file: "onnx_sce.json",
  tolerance,
  plan: labelLoss("cross-entropy"),
};

export const onnxNll: Adapter = { file: "onnx_nllloss.json", tolerance, plan: labelLoss("nll") };

export const onnxActivations: Adapter = {
  file: "onnx_activations.json",
  tolerance,
  plan(vector): Measurement {
    const output = vector.outputs?.[0];
    return { measure: () => ({ value: Array.from(activate(vector)) }), expected: numbersOf(output) };
  },
};

function activate({ loss, inputs = [], attributes = {} }: VectorCase): ArrayLike<number> {
  const axis = (attributes["axis"] as number | undefined) ?? -1;
  const x = inputs[0]!;
  switch (loss) {
    case "Sigmoid":
      return sigmoid(floats(x)).data;
    case "Softmax":
      return softmax(channelsAt(axis, floats(x))).data;
    case "LogSoftmax":
      return logSoftmax(channelsAt(axis, floats(x))).data;
    case "OneHot":
      return hot(axis, x, numbersOf(inputs[1])[0]!, numbersOf(inputs[2]));
    default:
      // Softplus: the binary cross-entropy of target 0.
      return softplus(floats(x));
  }
}

/** The axis as channels: what lies before it are images, what lies after it are pixels. */
function channelsAt(axis: number, tensor: Tensor): Tensor {
  const { dims } = tensor;
  const at = axis < 0 ? axis + dims.length : axis;
  return reshaped(tensor, [elementCount(dims.slice(0, at)), dims[at]!, elementCount(dims.slice(at + 1))]);
}

/** Negative indices count from the end; what is out of range is off everywhere; on and off are numbers of choice. */
function hot(axis: number, indices: EncodedArray, depth: number, [off, on]: readonly number[]): number[] {
  const { data, dims } = labels(indices);
  const wrapped = Int32Array.from(data as Int32Array, (v) => (Number(v) < 0 ? Number(v) + depth : Number(v)));
  const outside = [...wrapped].filter((v) => v < 0 || v >= depth);
  const before = dims.slice(0, axis < 0 ? axis + dims.length + 1 : axis);
  const laidOut = [elementCount(before), elementCount(dims.slice(before.length))];
  return Array.from(oneHot({ data: wrapped, dims: laidOut }, depth, outside).data, (v) => (v ? on! : off!));
}

function softplus({ data }: Tensor<Float32Array>): ArrayLike<number> {
  const loss = lossFrom({ id: "binary-cross-entropy", options: { reduction: "none" } });
  const dims = [1, 1, data.length];
  return loss.evaluate({ data, dims }, { data: new Uint8Array(data.length), dims }).elements?.data ?? [];
}
