/** What the threads of a LossPool are sent: a place to serve at, the maps to help with there, and units of fields. */
import type { MessagePort } from "node:worker_threads";
import type { EncodedError, LossSpec } from "@pixelgrad/core";
import type { CrewMemory } from "./crew.ts";
import type { SharedArray, SharedProblem } from "./shared-problem.ts";
import type { SharedUnit } from "./shared-unit.ts";

/** Asks a thread to help with maps until it is told to stop, or is not needed for a while. */
export interface ServeJob {
  /** Brings a {@link MapMessage} per map, and takes a {@link FailureMessage} per failure. */
  readonly port: MessagePort;
  /** Moves when there is a message, and when the thread is to stop: see rounds.ts. */
  readonly rounds: Int32Array;
}

/** One map over the pieces of a call. */
export interface MapMessage {
  readonly loss: LossSpec;
  readonly problem: SharedProblem;
  /** Of a `Board` of all pieces. */
  readonly board: SharedArrayBuffer;
  /** One per term of the plan that gathers. */
  readonly fields?: readonly (SharedArray | undefined)[];
  /** Those of all images, one behind the other; absent in the first map. */
  readonly coefficients?: Float64Array;
}

/** A piece that failed, and the error: encoded where it is expected, else a bug as structured clone copies it. */
export interface FailureMessage {
  readonly piece: number;
  readonly error: { readonly expected: EncodedError } | { readonly bug: unknown };
}

/** A unit over SharedArrayBuffers; its values may lie in the memory of the engines. */
export interface UnitJob {
  readonly loss: LossSpec;
  readonly classes: number;
  /** Index of the term in the plan. */
  readonly term: number;
  readonly unit: SharedUnit;
  /** Of the unit's term and image; absent to measure, present to fill. */
  readonly coefficients?: Float64Array;
  /** Present where other threads run the same unit, in bands. */
  readonly crew?: CrewMemory;
}

export type LossJob = { readonly serve: ServeJob } | { readonly unit: UnitJob };

/** The sums of a unit; empty once a thread has served, or was stopped amid bands. */
export type LossJobResult = Float64Array;
