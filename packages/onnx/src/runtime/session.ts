/**
 * The one importer of onnxruntime-node. A run blocks its thread, and a thread inside one must never be terminated.
 *
 * @module
 */
import { PixelgradError, type Tensor } from "@pixelgrad/core";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";

/**
 * One thread and the CPU: replicas are the parallelism, and sums are the same bits. Log level 3 (errors thrown, not
 * printed twice); idle threads must not spin.
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

export class Session {
  readonly #session: InferenceSession;

  constructor(session: InferenceSession) {
    this.#session = session;
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
   * @throws PixelgradError `FEEDS_MISMATCH` (the runtime itself would ignore a misspelt name), `MODEL_UNSUPPORTED`.
   */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const got = Object.keys(feeds);
    const expected = this.inputNames;
    if (got.length !== expected.length || !expected.every((name) => name in feeds)) {
      throw new PixelgradError(
        "FEEDS_MISMATCH",
        `The model takes the inputs ${expected.join(", ")}, got ${got.join(", ") || "none"}.`,
        { expected, got },
      );
    }
    try {
      const results = await this.#session.run(
        Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toRuntime(tensor)])),
      );
      return Object.fromEntries(
        Object.entries(results).map(([name, value]) => [name, value as unknown as Tensor]),
      );
    } catch (cause) {
      throw refused("the model", cause);
    }
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

function toRuntime({ data, dims }: Tensor): OrtTensor {
  if (data instanceof Uint8ClampedArray) return new OrtTensor("uint8", new Uint8Array(data), dims);
  return new OrtTensor(data as Float32Array, dims);
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
