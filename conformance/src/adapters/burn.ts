/** burn: binary and softmax cross-entropy, and the gradient of a linear head under the latter. @module */
import { lossFrom, type Tensor } from "@pixelgrad/core";
import { column, floats, labels, target, transposed } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type LossRun, type Measured, type Plan } from "../plan.ts";
import type { VectorCase } from "../vectors.ts";

export const burn: Adapter = {
  file: "burn.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    switch (vector.loss) {
      case "binary_cross_entropy":
        return binary(vector);
      case "cross_entropy":
        return {
          id: "cross-entropy",
          options: { input: vector.options?.["logits"] === true ? "logits" : "probabilities" },
          logits: floats(vector.kwargs?.["input"]),
          target: labels(vector.kwargs?.["target"]),
        };
      case "smoothed_targets":
        return { measure: () => smoothedTargets(vector) };
      default:
        return { measure: () => linearHead(vector) };
    }
  },
};

/** One channel: weights are those of target 0 and of target 1. More: a weight per channel, smoothing over the channels. */
function binary({ options = {}, kwargs = {} }: VectorCase): LossRun {
  const logits = column(floats(kwargs["input"]));
  const weights = options["weights"] as readonly number[] | undefined;
  const single = logits.dims[1] === 1;
  const input = options["logits"] === true ? "logits" : "probabilities";
  return {
    id: "binary-cross-entropy",
    options: defined({
      input,
      clamp: input === "probabilities" ? "log" : undefined,
      classWeights: single && weights ? [weights[0]!] : weights,
      posWeight: single && weights ? weights[1]! / weights[0]! : undefined,
      labelSmoothing: options["smoothing"],
      smoothing: single ? "half" : "uniform",
    }),
    logits,
    target: column(target(kwargs["target"])),
  };
}

/** The sum over classes of -q log p has the gradient -q in log p, so the smoothed targets q can be read off it. */
function smoothedTargets({ options = {}, kwargs = {} }: VectorCase): Measured {
  const map = labels(kwargs["target"]);
  const dims = [map.dims[0]!, options["num_classes"] as number];
  const logits = { data: new Float32Array(dims[0]! * dims[1]!), dims };
  const loss = lossFrom({
    id: "cross-entropy",
    options: defined({ input: "log-probabilities", labelSmoothing: options["smoothing"], reduction: "sum" }),
  });
  return { value: Array.from(loss.valueAndGrad(logits, map).grad.data, (g) => -g) };
}

/** logits = features × weight; the loss's gradient is carried back through the product. */
function linearHead({ kwargs = {} }: VectorCase): Measured {
  const features = floats(kwargs["features"]);
  const weight = floats(kwargs["weight"]);
  const loss = lossFrom({ id: "cross-entropy", options: {} });
  const logits = product(features, weight);
  const { grad } = loss.valueAndGrad(logits, floats(kwargs["target"]));
  return {
    grads: {
      features: Array.from(product(grad, transposed(weight)).data),
      weight: Array.from(product(transposed(features), grad).data),
    },
  };
}

type Matrix = Tensor<Float32Array>;

function product(a: Matrix, b: Matrix): Matrix {
  const [rows, inner] = a.dims as [number, number];
  const columns = b.dims[1]!;
  const data = new Float32Array(rows * columns).map((_, at) => {
    const i = Math.floor(at / columns);
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a.data[i * inner + k]! * b.data[k * columns + (at % columns)]!;
    return sum;
  });
  return { data, dims: [rows, columns] };
}
