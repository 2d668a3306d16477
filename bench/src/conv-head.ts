/** Training a head: its forward and backward pass beside PyTorch's, one thread each, after comparing the gradients. @module */
import { relativeError } from "@pixelgrad/core/testing";
import type { HeadContender, HeadOutcome } from "./head/head-contender.ts";
import { type HeadSize, headProblem } from "./head/head-problem.ts";
import { ourHead } from "./head/our-head.ts";
import { torchHead } from "./head/torch-head.ts";
import { interleave, pairedRatio } from "./measure.ts";

const SEED = 25664;
/** A gradient is a float32 sum over every pixel of every sample. */
const GRAD_BOUND = 2e-5;

export interface ConvHead {
  readonly size: HeadSize;
  /** How far a peer is off ours: its gradients each relative to its largest entry, by parameter, and the value. */
  readonly errors: Readonly<Record<string, number>>;
  readonly bound: number;
  readonly ok: boolean;
  /** Milliseconds of each round, by contender; empty where the gradients disagree. */
  readonly series: readonly { readonly name: string; readonly ms: readonly number[] }[];
  /** Our time over PyTorch's; undefined without PyTorch. */
  readonly overTorch: number | undefined;
}

/** @param withTorch - whether PyTorch is asked for; without it, or where it is missing, only ours is timed. */
export async function measureConvHead(size: HeadSize, rounds: number, withTorch: boolean): Promise<ConvHead> {
  const problem = headProblem(size, SEED);
  const contenders: HeadContender[] = [await ourHead(problem)];
  try {
    const torch = withTorch ? await torchHead(problem) : undefined;
    if (torch !== undefined && !("absent" in torch)) contenders.push(torch);
    const [ours, theirs] = contenders as [HeadContender, HeadContender?];
    const errors = theirs ? errorsOf(await theirs.outcome(), await ours.outcome()) : {};
    const ok = Object.values(errors).every((error) => error <= GRAD_BOUND);
    const samples = ok ? await interleave(contenders, rounds) : [];
    return {
      size,
      errors,
      bound: GRAD_BOUND,
      ok,
      series: samples.map((ms, i) => ({ name: contenders[i]!.name, ms })),
      overTorch: samples[1] && pairedRatio(samples[0]!, samples[1]),
    };
  } finally {
    for (const contender of contenders) await contender.close();
  }
}

function errorsOf(theirs: HeadOutcome, ours: HeadOutcome): Record<string, number> {
  const grads = Object.entries(ours.grads).map(([name, grad]) => [
    name,
    relativeError(theirs.grads[name] ?? [], grad),
  ]);
  return { value: relativeError([theirs.value], [ours.value]), ...Object.fromEntries(grads) };
}
