/** Gradients of small graphs, and the differences of the graph itself that they are held against. */
import { elementCount, type Tensor } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  differentiate,
  dimsOf,
  floatTensor,
  gradOutput,
  inferValues,
  intTensor,
  type node,
  OnnxModel,
  OUTPUT_GRAD,
  openSession,
  readFloats,
  type Session,
  type TrainingGraphs,
  valueInfo,
} from "@pixelgrad/onnx";

export type Node = ReturnType<typeof node>;
export type Dims = readonly number[];

/** A graph whose output is called `y`; every input is differentiated. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: Readonly<Record<string, Dims>>;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly floats?: Readonly<Record<string, readonly number[]>>;
  readonly opset?: number;
  /** Distance of the inputs from 0, for operators with a kink there. */
  readonly margin?: number;
}

export interface GradientPair {
  readonly name: string;
  readonly got: Float32Array;
  readonly expected: Float64Array;
}

/**
 * Gradients of a fixed random linear functional of `y`, entry by entry: from the gradient graph, and from central
 * differences. The graphs are polynomials of degree 2 or less along each entry, for which these are exact but for rounding.
 */
export async function gradientPairs(graph: Graph, seed = 1): Promise<GradientPair[]> {
  const { nodes, inputs, ints = {}, floats = {}, opset = 18, margin = 0 } = graph;
  const random = seededRandom(seed);
  const names = Object.keys(inputs);
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, dims]) => [
      name,
      { data: uniformArray(random, elementCount(dims)).map((v) => v + margin * Math.sign(v)), dims },
    ]),
  );
  const initializers = [
    ...Object.entries(ints).map(([name, values]) => intTensor(name, values)),
    ...Object.entries(floats).map(([name, values]) => floatTensor(name, [values.length], values)),
  ];
  const constants = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  const withOutputs = (outputs: readonly string[]): OnnxModel =>
    OnnxModel.of(
      buildModel({
        nodes,
        inputs: names.map((name) => valueInfo(name, inputs[name])),
        outputs: outputs.map((name) => valueInfo(name)),
        initializers,
        opset,
      }),
    );
  const values = await inferValues(withOutputs(["y"]), inputs);
  const shape = (name: string): Dims => {
    const constant = constants.get(name);
    return constant === undefined ? values.get(name)!.dims : dimsOf(constant);
  };
  const { model, saved } = await differentiate({
    nodes,
    opset: withOutputs(["y"]).proto.opsetImport,
    output: "y",
    parameters: names,
    shape,
    numbers: (name) => (name in floats ? Array.from(readFloats(constants.get(name)!).data) : undefined),
  });

  const functional = uniformArray(random, elementCount(shape("y")));
  const made = saved.filter((name) => !(name in inputs));
  const forward = await openSession(withOutputs([...new Set(["y", ...made])]).toBytes());
  const backward = await openSession(model.toBytes());
  try {
    const activations = await forward.run(feeds);
    const savedFeeds = saved.map((name) => [name, feeds[name] ?? activations[name]!]);
    const grads = await backward.run({
      ...Object.fromEntries(savedFeeds),
      [OUTPUT_GRAD]: { data: functional, dims: shape("y") },
    });
    const value = async (changed: Readonly<Record<string, Tensor>>): Promise<number> =>
      dot(functional, (await forward.run(changed))["y"]!.data as Float32Array);
    const pairs: GradientPair[] = [];
    for (const name of names) {
      const { data, dims } = feeds[name]!;
      const at = (i: number, step: number): Promise<number> => {
        const moved = data.slice();
        moved[i]! += step;
        return value({ ...feeds, [name]: { data: moved, dims } });
      };
      const step = margin > 0 ? margin / 2 : 1;
      const expected = new Float64Array(data.length);
      for (let i = 0; i < data.length; i++) {
        expected[i] = ((await at(i, step)) - (await at(i, -step))) / (2 * step);
      }
      pairs.push({ name, got: grads[gradOutput(name)]!.data as Float32Array, expected });
    }
    return pairs;
  } finally {
    await forward.release();
    await backward.release();
  }
}

/** In float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The three graphs of a training step, opened. */
export class TrainingStep {
  readonly graphs: TrainingGraphs;
  readonly #backbone: Session | undefined;
  readonly #head: Session;
  readonly #gradient: Session;

  private constructor(graphs: TrainingGraphs, sessions: readonly (Session | undefined)[]) {
    this.graphs = graphs;
    this.#backbone = sessions[0];
    this.#head = sessions[1]!;
    this.#gradient = sessions[2]!;
  }

  static async open(graphs: TrainingGraphs): Promise<TrainingStep> {
    const { backbone, head, gradient } = graphs;
    return new TrainingStep(graphs, [
      backbone && (await openSession(backbone)),
      await openSession(head),
      await openSession(gradient),
    ]);
  }

  get parameters(): Record<string, Tensor<Float32Array>> {
    return Object.fromEntries(this.graphs.parameters.map(({ name, data, dims }) => [name, { data, dims }]));
  }

  async features(image: Float32Array): Promise<Record<string, Tensor>> {
    const { name, dims } = this.graphs.input;
    const input = { [name]: { data: image, dims } };
    return this.#backbone === undefined ? input : this.#backbone.run(input);
  }

  /** Logits and what the gradient needs again. */
  forward(
    features: Readonly<Record<string, Tensor>>,
    parameters: Readonly<Record<string, Tensor>> = this.parameters,
  ): Promise<Record<string, Tensor>> {
    return this.#head.run({ ...features, ...parameters });
  }

  /** By parameter name. */
  async gradients(
    features: Readonly<Record<string, Tensor>>,
    outputGrad: Float32Array,
  ): Promise<Record<string, Float32Array>> {
    const { gradientInput, gradientOutputs, logits } = this.graphs;
    const known = { ...features, ...this.parameters, ...(await this.forward(features)) };
    const feeds = this.#gradient.inputNames.map((name) => [
      name,
      name === gradientInput ? { data: outputGrad, dims: logits.dims } : known[name]!,
    ]);
    const results = await this.#gradient.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(gradientOutputs).map(([name, output]) => [name, results[output]!.data as Float32Array]),
    );
  }

  /** Central difference of the functional of the logits, for one parameter moved along `direction`. */
  async difference(
    features: Readonly<Record<string, Tensor>>,
    functional: Float32Array,
    name: string,
    direction: (i: number) => number,
    step: number,
  ): Promise<number> {
    const { data, dims } = this.parameters[name]!;
    const at = async (t: number): Promise<number> => {
      const moved = { ...this.parameters, [name]: { data: data.map((v, i) => v + t * direction(i)), dims } };
      const outputs = await this.forward(features, moved);
      return dot(functional, outputs[this.graphs.logits.name]!.data as Float32Array);
    };
    return ((await at(step)) - (await at(-step))) / (2 * step);
  }

  async close(): Promise<void> {
    for (const session of [this.#backbone, this.#head, this.#gradient]) await session?.release();
  }
}
