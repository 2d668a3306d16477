/**
 * The one importer of onnxruntime-node. A run blocks its thread, and a thread inside one must never be terminated.
 *
 * @module
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { elementCount, formatDims, PixelgradError, type Tensor } from "@pixelgrad/core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";

/**
 * One thread and the CPU: replicas are the parallelism, and sums are the same bits. Log level 4 (fatal), because errors
 * are thrown and need not be printed too; idle threads must not spin.
 */
const pinned = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
} as const satisfies InferenceSession.SessionOptions;

export interface SessionOptions {
  /** `none` keeps every tensor as the graph says; `all` (default) is the fastest. */
  readonly optimization?: "none" | "all";
}

/** An input or output as the runtime sees it: a number for each dim that is fixed, a name for each that is not. */
export interface SessionValue {
  readonly name: string;
  /** Element type, such as `float32` or `int64`. */
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

export class Session {
  readonly #session: InferenceSession;
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];

  constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /**
   * Runs the graph once.
   * @param feeds - a tensor for each input, by name; the arrays must not be shared memory.
   * @param fetches - the outputs to make; all of them unless given.
   * @throws PixelgradError `FEEDS_MISMATCH` for other names (the runtime itself would ignore a misspelt one), dims or types
   *   than the graph takes, and for fetches it has not; `MODEL_UNSUPPORTED` when the run fails.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] = this.outputNames,
  ): Promise<Record<string, Tensor>> {
    const tensors: Record<string, OrtTensor> = {};
    const got = Object.keys(feeds);
    if (got.length !== this.inputs.length || !this.inputNames.every((name) => Object.hasOwn(feeds, name))) {
      throw mismatch("inputs", this.inputNames, got);
    }
    if (!fetches.every((name) => this.outputNames.includes(name))) {
      throw mismatch("outputs", this.outputNames, fetches);
    }
    for (const input of this.inputs) tensors[input.name] = toRuntime(input, feeds[input.name] as Tensor);
    let results: Readonly<Record<string, OrtTensor>>;
    try {
      results = (await this.#session.run(tensors, fetches)) as Readonly<Record<string, OrtTensor>>;
    } catch (cause) {
      throw refused("the model", cause);
    }
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [name, { data, dims } as Tensor]),
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/**
 * A session over a model file's bytes.
 * @throws PixelgradError `MODEL_UNSUPPORTED` with the runtime's reason.
 */
export async function openSession(bytes: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  try {
    const graphOptimizationLevel = options.optimization === "none" ? "disabled" : "all";
    return new Session(await InferenceSession.create(bytes, { ...pinned, graphOptimizationLevel }));
  } catch (cause) {
    throw refused("the model", cause);
  }
}

/**
 * The bytes of a model after the optimisations of the runtime that leave standard operators only: constants folded,
 * nodes without effect removed, batch normalisation folded into convolutions.
 * @throws PixelgradError `MODEL_UNSUPPORTED` with the runtime's reason.
 */
export async function optimizeBasic(bytes: Uint8Array): Promise<Uint8Array> {
  // The runtime writes the result to a file or not at all.
  const folder = await mkdtemp(join(tmpdir(), "pixelgrad-"));
  const optimizedModelFilePath = join(folder, "model.onnx");
  try {
    const options = { ...pinned, graphOptimizationLevel: "basic", optimizedModelFilePath } as const;
    await (await InferenceSession.create(bytes, options)).release();
    return await readFile(optimizedModelFilePath);
  } catch (cause) {
    throw refused("the model", cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(value: InferenceSession.ValueMetadata): SessionValue {
  return value.isTensor
    ? { name: value.name, type: value.type, dims: value.shape }
    : { name: value.name, type: "not a tensor", dims: [] };
}

/** The array of each element type; the runtime keeps float16 in Uint16Array and bool in Uint8Array. */
const arrays: Readonly<Record<string, { readonly name: string }>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

function toRuntime({ name, type, dims: expected }: SessionValue, { data, dims }: Tensor): OrtTensor {
  const array = arrays[type]?.name;
  const given = data instanceof Uint8ClampedArray ? new Uint8Array(data) : data;
  const fits =
    dims.length === expected.length && dims.every((d, i) => d === expected[i] || isOpen(expected[i]));
  // An empty shape of the graph is one it does not tell.
  const whole = given.length === elementCount(dims);
  if ((expected.length > 0 && !fits) || !whole || given.constructor.name !== array) {
    const wanted = `${array ?? type} of ${expected.join("×") || "any dims"}`;
    const came = `${given.constructor.name} of ${formatDims(dims)}${whole ? "" : ` with ${given.length} numbers`}`;
    throw new PixelgradError(
      "FEEDS_MISMATCH",
      `The input '${name}' of the model is ${wanted}, got ${came}.`,
      {
        expected: [wanted],
        got: [came],
      },
    );
  }
  return new OrtTensor(type as "float32", given as Float32Array, dims);
}

function isOpen(dim: number | string | undefined): boolean {
  return typeof dim === "string" || (dim !== undefined && dim < 0);
}

function mismatch(what: string, expected: readonly string[], got: readonly string[]): PixelgradError {
  return new PixelgradError(
    "FEEDS_MISMATCH",
    `The model has the ${what} ${expected.join(", ")}; got ${got.join(", ") || "none"}.`,
    { expected, got },
  );
}

function refused(model: string, cause: unknown): PixelgradError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PixelgradError(
    "MODEL_UNSUPPORTED",
    `onnxruntime refused ${model}: ${reason}`,
    { model, reason },
    { cause },
  );
}
