/**
 * One replica: the sessions, the loss engine and the activations it keeps between the two maps of a step.
 *
 * Every run is of one sample: kernels that depend on the batch would end the same bits for any number of threads.
 *
 * @module
 */
import {
  addSums,
  ConfusionMatrix,
  cutPieces,
  elementCount,
  fillUnit,
  LossEngine,
  type LossPlan,
  lossFrom,
  mapsOf,
  measureUnit,
  type Piece,
  type PieceView,
  type Problem,
  predictedLabels,
  type Tensor,
  targetDistances,
  tensor,
  unitPlaces,
  viewFields,
  viewPiece,
} from "@pixelgrad/core";
import { IGNORED, readSample, type Sample } from "@pixelgrad/dataset";
import { openSession, type Session } from "@pixelgrad/onnx";
import type {
  BackwardResult,
  BatchPlace,
  PreparedSample,
  ReplicaJob,
  ReplicaSetup,
  SampleEvaluation,
} from "./replica-jobs.ts";

/** What the second map of a step needs again. */
interface Activations {
  readonly sample: PreparedSample;
  readonly place: BatchPlace;
  /** Undefined when they are made again: see `ACTIVATION_BYTES`. */
  readonly outputs: Record<string, Tensor> | undefined;
}

/**
 * Activations that a replica keeps between the two maps of a step, at most. Those of the samples beyond it are made
 * again, to the same bits: a batch through a whole network would take gigabytes.
 */
const ACTIVATION_BYTES = 2 ** 30;

export class Replica {
  readonly #setup: ReplicaSetup;
  readonly #plan: LossPlan;
  readonly #engine = new LossEngine();
  readonly #backbone: Session | undefined;
  readonly #head: Session;
  readonly #gradient: Session;
  readonly #slots = new Map<number, Activations>();
  #keptBytes = 0;

  static async open(setup: ReplicaSetup): Promise<Replica> {
    const { backbone, head, gradient } = setup.graphs;
    return new Replica(
      setup,
      backbone === undefined ? undefined : await openSession(backbone),
      await openSession(head),
      await openSession(gradient),
    );
  }

  private constructor(setup: ReplicaSetup, backbone: Session | undefined, head: Session, gradient: Session) {
    this.#setup = setup;
    this.#backbone = backbone;
    this.#head = head;
    this.#gradient = gradient;
    this.#plan = lossFrom(setup.loss).plan(this.#channels);
  }

  /** Reads a sample and runs the frozen part of the model on it. */
  async prepare(sample: Sample): Promise<PreparedSample> {
    const { graphs, read } = this.#setup;
    const { image, mask } = await readSample(sample, read);
    let features: Float32Array[];
    if (this.#backbone === undefined) {
      features = [share(image.data)];
    } else {
      const outputs = await this.#backbone.run({ [graphs.input.name]: image });
      features = graphs.features.map(({ name }) => share(floats(outputs, name)));
    }
    const shared = new Uint8Array(new SharedArrayBuffer(mask.data.length));
    shared.set(mask.data);
    const labelCounts = countLabels(shared, Math.max(2, this.#channels));
    // There are no logits yet: distances, and the first map of some losses, look at labels only.
    const problem = this.#problem(new Float32Array(0), shared);
    const distances = this.#distances(problem);
    const prepared = { features, mask: shared, labelCounts, labelSums: null, distances };
    if (this.#plan.firstReadsLogits) return prepared;
    return { ...prepared, labelSums: this.#first(problem, ALONE) };
  }

  /** The sums of the first map; null when the labels gave them, and then nothing is run before `backward`. */
  async forward(slot: number, sample: PreparedSample, place: BatchPlace): Promise<Float64Array | null> {
    if (sample.labelSums !== null) {
      this.#slots.set(slot, { sample, place, outputs: undefined });
      return null;
    }
    const outputs = await this.#runHead(sample);
    const bytes = byteLength(outputs);
    const keeps = this.#keptBytes + bytes <= ACTIVATION_BYTES;
    if (keeps) this.#keptBytes += bytes;
    this.#slots.set(slot, { sample, place, outputs: keeps ? outputs : undefined });
    return this.#first(this.#problem(floats(outputs, this.#logitsName), sample.mask), place);
  }

  /** The sums of a unit, which may be of any sample or of all. */
  unit({ term, unit, coefficients }: Extract<ReplicaJob, { readonly kind: "unit" }>): Float64Array {
    const own = this.#plan.terms[term]!.term;
    return coefficients === undefined
      ? measureUnit(own, unit, this.#engine.units)
      : fillUnit(own, unit, coefficients, this.#engine.units);
  }

  /** Gradient of the loss, then of the parameters, of the sample in `slot`. */
  async backward(slot: number, coefficients: Float64Array): Promise<BackwardResult> {
    const { graphs } = this.#setup;
    const kept = this.#slots.get(slot);
    if (kept === undefined) throw new Error(`unreachable: nothing is kept in slot ${slot}`);
    this.#slots.delete(slot);
    const { sample, place } = kept;
    if (kept.outputs !== undefined) this.#keptBytes -= byteLength(kept.outputs);
    const outputs = kept.outputs ?? (await this.#runHead(sample));
    const logits = floats(outputs, this.#logitsName);
    // The gradient takes the place of the logits, unless the gradient graph reads those too.
    const grad = this.#gradient.inputNames.includes(this.#logitsName) ? logits.slice() : logits;
    const sums = this.#second(this.#problem(logits, sample.mask), place, coefficients, grad);
    const known: Record<string, Tensor> = {
      ...this.#feeds(sample),
      ...outputs,
      [graphs.gradientInput]: tensor(grad, graphs.logits.dims),
    };
    const results = await this.#gradient.run(pick(known, this.#gradient.inputNames));
    const gradients = new Float32Array(this.#setup.weights.length);
    let at = 0;
    for (const { name, dims } of graphs.parameters) {
      gradients.set(floats(results, graphs.gradientOutputs[name] ?? name), at);
      at += elementCount(dims);
    }
    return { sums, gradients };
  }

  /** Loss sums and confusion counts of one sample. */
  async evaluate(sample: PreparedSample): Promise<SampleEvaluation> {
    const { graphs } = this.#setup;
    const outputs = await this.#runHead(sample);
    const logits = floats(outputs, this.#logitsName);
    const call = { plan: this.#plan, problem: this.#problem(logits, sample.mask), outputs: {} };
    const sums = mapsOf(call, this.#engine);
    const labels = predictedLabels(tensor(logits, graphs.logits.dims));
    const confusion = new ConfusionMatrix(Math.max(2, this.#channels)).add(labels.data, sample.mask, [
      IGNORED,
    ]);
    return { ...sums, confusion: confusion.counts };
  }

  async close(): Promise<void> {
    await this.#backbone?.release();
    await this.#head.release();
    await this.#gradient.release();
  }

  get #channels(): number {
    return this.#setup.graphs.logits.dims[1] as number;
  }

  get #logitsName(): string {
    return this.#setup.graphs.logits.name;
  }

  #runHead(sample: PreparedSample): Promise<Record<string, Tensor>> {
    return this.#head.run(pick(this.#feeds(sample), this.#head.inputNames));
  }

  /** Features and parameters by name. Copied, because the runtime takes no shared memory on Node 20. */
  #feeds({ features }: PreparedSample): Record<string, Tensor> {
    const { graphs, weights } = this.#setup;
    const feeds: Record<string, Tensor> = {};
    graphs.features.forEach(({ name, dims }, i) => {
      feeds[name] = tensor(Float32Array.from(features[i] as Float32Array), dims);
    });
    let at = 0;
    for (const { name, dims } of graphs.parameters) {
      const length = elementCount(dims);
      feeds[name] = tensor(Float32Array.from(weights.subarray(at, at + length)), dims);
      at += length;
    }
    return feeds;
  }

  #problem(logits: Float32Array, mask: Uint8Array): Problem {
    const { dims } = this.#setup.graphs.logits;
    const [images, classes, ...spatial] = dims as [number, number, ...number[]];
    return {
      images,
      classes,
      spatial,
      pixels: elementCount(spatial),
      layout: "channels-first",
      logits,
      target: mask,
      targetKind: classes === 1 ? "dense" : "labels",
      logitsDims: dims,
      targetDims: [images, ...spatial],
    };
  }

  /** In shared memory, as float32: they are as large as the logits. */
  #distances(problem: Problem): (Float32Array | null)[][] {
    const distances: (Float32Array | null)[][] = this.#plan.terms.map(() => []);
    for (const place of unitPlaces(this.#plan, problem)) {
      const map = targetDistances(this.#plan, problem, place);
      distances[place.term]![place.row] = map === undefined ? null : share(Float32Array.from(map));
    }
    return distances;
  }

  #first(problem: Problem, place: BatchPlace): Float64Array {
    const total = new Float64Array(this.#plan.firstLength);
    for (const piece of cutPieces(problem.images, problem.classes, problem.pixels)) {
      addSums(total, this.#engine.first(this.#plan, this.#view(problem, place, piece)));
    }
    return total;
  }

  /** The second map; the gradient takes the place of what `grad` holds. */
  #second(problem: Problem, place: BatchPlace, coefficients: Float64Array, grad: Float32Array): Float64Array {
    const total = new Float64Array(this.#plan.secondLength);
    for (const piece of cutPieces(problem.images, problem.classes, problem.pixels)) {
      addSums(total, this.#engine.second(this.#plan, this.#view(problem, place, piece, grad), coefficients));
    }
    return total;
  }

  /** A piece of this sample, its fields those of the batch. */
  #view(
    problem: Problem,
    { image, images, fields }: BatchPlace,
    piece: Piece,
    grad?: Float32Array,
  ): PieceView {
    const view = viewPiece(this.#plan, problem, piece, grad === undefined ? {} : { grad });
    if (fields.length === 0) return view;
    const batch = { images, pixels: problem.pixels };
    return {
      ...view,
      rows: { ...view.rows, fields: viewFields(this.#plan, batch, { ...piece, image }, fields) },
    };
  }
}

/** The place of a sample that needs no batch, because labels say it all. */
const ALONE: BatchPlace = { image: 0, images: 1, fields: [] };

function floats(outputs: Record<string, Tensor>, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`unreachable: no float32 output ${name}`);
  return data;
}

function byteLength(outputs: Record<string, Tensor>): number {
  return Object.values(outputs).reduce((total, { data }) => total + data.byteLength, 0);
}

function pick(from: Record<string, Tensor>, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, from[name] as Tensor]));
}

/** Pixels of each label; ignored ones are none. */
function countLabels(mask: Uint8Array, classes: number): Float64Array {
  const counts = new Float64Array(IGNORED + 1);
  for (const label of mask) counts[label] = (counts[label] as number) + 1;
  return counts.slice(0, classes);
}

function share(data: Float32Array): Float32Array {
  const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  return shared;
}
