/**
 * Optimizers over named float32 parameters, in the order and with the defaults of PyTorch. Arithmetic is float64,
 * state is float32.
 *
 * @module
 */

/** A parameter by name: its values, which `step` changes. */
export type Parameters = ReadonlyMap<string, Float32Array>;

export interface Optimizer {
  /** One update with the learning rate `lr`; `gradients` has the names and lengths of the parameters. */
  step(lr: number, gradients: ReadonlyMap<string, ArrayLike<number>>): void;
}

export interface AdamWOptions {
  readonly weightDecay: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * AdamW with decoupled weight decay (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2;
 * as `torch.optim.AdamW`).
 */
export class AdamW implements Optimizer {
  readonly #parameters: Parameters;
  readonly #options: Required<AdamWOptions>;
  readonly #mean = new Map<string, Float32Array>();
  readonly #square = new Map<string, Float32Array>();
  #steps = 0;

  constructor(parameters: Parameters, options: AdamWOptions) {
    this.#parameters = parameters;
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
    for (const [name, values] of parameters) {
      this.#mean.set(name, new Float32Array(values.length));
      this.#square.set(name, new Float32Array(values.length));
    }
  }

  step(lr: number, gradients: ReadonlyMap<string, ArrayLike<number>>): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    this.#steps++;
    const meanCorrection = 1 - beta1 ** this.#steps;
    const squareCorrection = 1 - beta2 ** this.#steps;
    for (const [name, values] of this.#parameters) {
      const gradient = entry(gradients, name);
      const mean = entry(this.#mean, name);
      const square = entry(this.#square, name);
      for (let i = 0; i < values.length; i++) {
        const g = at(gradient, i);
        const m = beta1 * at(mean, i) + (1 - beta1) * g;
        const v = beta2 * at(square, i) + (1 - beta2) * g * g;
        mean[i] = m;
        square[i] = v;
        const update = m / meanCorrection / (Math.sqrt(v / squareCorrection) + epsilon);
        values[i] = at(values, i) * (1 - lr * weightDecay) - lr * update;
      }
    }
  }
}

export interface SgdOptions {
  readonly weightDecay: number;
  readonly momentum?: number;
}

/** Gradient descent with momentum and L2 weight decay, as `torch.optim.SGD`. */
export class Sgd implements Optimizer {
  readonly #parameters: Parameters;
  readonly #options: Required<SgdOptions>;
  readonly #velocity = new Map<string, Float32Array>();

  constructor(parameters: Parameters, options: SgdOptions) {
    this.#parameters = parameters;
    this.#options = { momentum: 0.9, ...options };
    for (const [name, values] of parameters) this.#velocity.set(name, new Float32Array(values.length));
  }

  step(lr: number, gradients: ReadonlyMap<string, ArrayLike<number>>): void {
    const { momentum, weightDecay } = this.#options;
    for (const [name, values] of this.#parameters) {
      const gradient = entry(gradients, name);
      const velocity = entry(this.#velocity, name);
      for (let i = 0; i < values.length; i++) {
        const v = momentum * at(velocity, i) + at(gradient, i) + weightDecay * at(values, i);
        velocity[i] = v;
        values[i] = at(values, i) - lr * v;
      }
    }
  }
}

function entry<V>(map: ReadonlyMap<string, V>, name: string): V {
  const value = map.get(name);
  if (value === undefined) throw new Error(`unreachable: no entry for parameter ${name}`);
  return value;
}

/** An element known to exist. */
function at(values: ArrayLike<number>, i: number): number {
  return values[i] as number;
}
