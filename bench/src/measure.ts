/**
 * Interleaved timing: every contender has its turn once a round, so that what slows the machine slows them all. A turn is
 * two runs, of which the second counts: the first brings threads, caches and the clock of the cores to where a loop of
 * calls has them, which for a thread that has slept can take the scheduler longer than the call.
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";

/** Between two turns: OpenMP threads spin for a while after their work, and would take the next contender's cores. */
const SETTLE_MS = 5;
const WARMUPS = 2;

export interface Runner {
  /** @returns the milliseconds it took. */
  run(): Promise<number>;
}

/** Milliseconds of each runner, round by round. */
export async function interleave(runners: readonly Runner[], rounds: number): Promise<number[][]> {
  const samples: number[][] = runners.map(() => []);
  for (let round = -WARMUPS; round < rounds; round++) {
    for (const [i, runner] of runners.entries()) {
      await setTimeout(SETTLE_MS);
      await runner.run();
      const ms = await runner.run();
      if (round >= 0) samples[i]!.push(ms);
    }
  }
  return samples;
}

/** Between the order statistics, linearly. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The median over rounds of `a` over `b`, two runners of the same rounds. */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((ms, round) => ms / b[round]!));
}
