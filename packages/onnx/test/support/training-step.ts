/** The three graphs of a training step, opened and run by hand. */
import type { Tensor } from "@pixelgrad/core";
import { openSession, type Session, type TrainingGraphs } from "@pixelgrad/onnx";
import { dot } from "./dot.ts";

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

  /**
   * How much the functional of the logits changes when all parameters move along `direction`, `by` to either side, and
   * how much `grads` say it does: for the way the float32 weights really moved.
   */
  async changeAlong(
    features: Readonly<Record<string, Tensor>>,
    functional: Float32Array,
    grads: Readonly<Record<string, Float32Array>>,
    direction: Readonly<Record<string, Float32Array>>,
    by: number,
  ): Promise<{ readonly change: number; readonly expected: number }> {
    const moved = (t: number): Record<string, Tensor<Float32Array>> =>
      Object.fromEntries(
        Object.entries(this.parameters).map(([name, { data, dims }]) => [
          name,
          { data: data.map((v, i) => v + t * direction[name]![i]!), dims },
        ]),
      );
    const value = async (parameters: Readonly<Record<string, Tensor>>): Promise<number> => {
      const outputs = await this.forward(features, parameters);
      return dot(functional, outputs[this.graphs.logits.name]!.data as Float32Array);
    };
    const [ahead, behind] = [moved(by), moved(-by)];
    let expected = 0;
    for (const [name, grad] of Object.entries(grads)) {
      expected += dot(grad, ahead[name]!.data) - dot(grad, behind[name]!.data);
    }
    return { change: (await value(ahead)) - (await value(behind)), expected };
  }

  async close(): Promise<void> {
    for (const session of [this.#backbone, this.#head, this.#gradient]) await session?.release();
  }
}
