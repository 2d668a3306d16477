/** Who trains the head. @module */
import type { Runner } from "../measure.ts";

export interface HeadOutcome {
  /** The output times its gradient, summed. */
  readonly value: number;
  /** Of each parameter, by name. */
  readonly grads: Readonly<Record<string, ArrayLike<number>>>;
}

/** `run` is one forward and backward pass of all samples. */
export interface HeadContender extends Runner {
  readonly name: string;
  outcome(): Promise<HeadOutcome>;
  close(): Promise<void>;
}
