/**
 * The head as the trainer runs it: one session forward and one backward, the weights as inputs, sample by sample, and the
 * gradients of the samples summed in float64.
 *
 * @module
 */
import { elementCount, type Tensor } from "@pixelgrad/core";
import {
  buildModel,
  floatTensor,
  node,
  OnnxModel,
  openSession,
  trainingGraphs,
  valueInfo,
} from "@pixelgrad/onnx";
import type { HeadContender } from "./head-contender.ts";
import type { HeadArray, HeadProblem } from "./head-problem.ts";

export const OUR_HEAD = "pixelgrad";

export async function ourHead(problem: HeadProblem): Promise<HeadContender> {
  const { size, parameters } = problem;
  const names = Object.keys(parameters);
  const graphs = await trainingGraphs(headModel(problem), { trainable: names, size: [size.side, size.side] });
  const forward = await openSession(graphs.head);
  const backward = await openSession(graphs.gradient);
  const samples = Array.from({ length: size.samples }, (_, i) => ({
    features: { [graphs.input.name]: sampleOf(problem.features, i) },
    outputGrad: sampleOf(problem.outputGrad, i),
  }));

  const step = async () => {
    const logits: Float32Array[] = [];
    const sums = names.map((name) => new Float64Array(elementCount(parameters[name]!.dims)));
    const begin = performance.now();
    for (const { features, outputGrad } of samples) {
      const outputs = await forward.run({ ...features, ...parameters });
      const known: Record<string, Tensor> = { ...features, ...parameters, ...outputs };
      known[graphs.gradientInput] = outputGrad;
      const feeds = backward.inputNames.map((name) => [name, known[name]!]);
      const results = await backward.run(Object.fromEntries(feeds));
      names.forEach((name, p) => {
        add(sums[p]!, results[graphs.gradientOutputs[name]!]!.data as Float32Array);
      });
      logits.push(outputs[graphs.logits.name]!.data as Float32Array);
    }
    const ms = performance.now() - begin;
    const value = samples.reduce((sum, { outputGrad }, i) => sum + dot(logits[i]!, outputGrad.data), 0);
    return { ms, value, grads: Object.fromEntries(names.map((name, p) => [name, sums[p]!])) };
  };
  return {
    name: OUR_HEAD,
    run: async () => (await step()).ms,
    outcome: step,
    async close() {
      await forward.release();
      await backward.release();
    },
  };
}

function headModel({ size, parameters }: HeadProblem): OnnxModel {
  const [from, , classes] = size.channels;
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["features", "w1", "b1"], ["hidden"], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
        node("Relu", ["hidden"], ["active"]),
        node("Conv", ["active", "w2", "b2"], ["logits"], { kernel_shape: [1, 1] }),
      ],
      inputs: [valueInfo("features", [1, from, size.side, size.side])],
      outputs: [valueInfo("logits", [1, classes, size.side, size.side])],
      initializers: Object.entries(parameters).map(([name, { dims, data }]) => floatTensor(name, dims, data)),
    }),
    "the head",
  );
}

function sampleOf({ dims, data }: HeadArray, i: number): HeadArray {
  const one = [1, ...dims.slice(1)];
  const length = elementCount(one);
  return { dims: one, data: data.slice(i * length, (i + 1) * length) };
}

function add(sum: Float64Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
