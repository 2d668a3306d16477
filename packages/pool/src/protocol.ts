/**
 * What crosses a thread boundary: a job with its cancel flag one way, a result or an error as data the other.
 *
 * @module
 */
import { type EncodedError, isPixelgradError } from "@pixelgrad/core";

export interface Envelope<Job> {
  readonly job: Job;
  /** One int32 in shared memory; not 0 once the run is cancelled. */
  readonly cancel: Int32Array;
}

export type Reply<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: EncodedError };

/** Whether the run this job belongs to is being cancelled: read it between pieces, and return early. */
export type Cancelled = () => boolean;

/** The default export of a worker file. */
export type Serve<Job, Result> = (envelope: Envelope<Job>) => Promise<Reply<Result>>;

/**
 * Makes the default export of a worker file. Structured clone keeps only message and stack of an Error, so expected
 * errors travel as data; anything else is a bug and surfaces with its stack.
 */
export function serveJobs<Job, Result>(
  handle: (job: Job, cancelled: Cancelled) => Result | Promise<Result>,
): Serve<Job, Result> {
  return async ({ job, cancel }) => {
    try {
      return { ok: true, result: await handle(job, () => Atomics.load(cancel, 0) !== 0) };
    } catch (error) {
      if (isPixelgradError(error)) return { ok: false, error: error.encode() };
      throw error;
    }
  };
}
