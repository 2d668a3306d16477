/** What a peer is to the bench. @module */
import type { Problem, Temper } from "../problem.ts";
import type { Row } from "../rows.ts";

/**
 * How a contender's result must compare with ours: `bits`, the same; `float32`, within rounding of float32 sums; `running
 * float32`, where the sum of the value has one accumulator; `value`, as that, and it makes no gradient; `nothing`, it
 * computes no loss.
 */
export type Agreement = "bits" | "float32" | "running float32" | "value" | "nothing";

export interface Outcome {
  readonly value: number;
  /** In the order of the logits `[N, C, ...spatial]`. */
  readonly grad?: Float32Array;
}

/** One who runs: a peer at a number of threads on logits of a temper. */
export interface Contender {
  readonly name: string;
  readonly threads: number;
  readonly temper: Temper;
  readonly agreement: Agreement;
  /** Milliseconds of one run, by the contender's own clock. */
  run(): Promise<number>;
  /** Value and gradient of one run; the gradient is valid until the next. */
  outcome(): Promise<Outcome>;
}

/** The arrays of one row, ready to run. */
export interface Stage {
  readonly contenders: readonly Contender[];
  close(): Promise<void>;
}

export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  stage(row: Row, problems: readonly Problem[], threads: readonly number[]): Promise<Stage>;
  close(): Promise<void>;
}

/** Why a peer is not there, in one sentence that says how to get it. */
export interface Absent {
  readonly absent: string;
}
