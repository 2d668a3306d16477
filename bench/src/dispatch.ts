/** What a pool costs where there is next to nothing to compute. @module */
import { parseLoss } from "@pixelgrad/core";
import { LossPool } from "@pixelgrad/pool";
import { interleave, quantile } from "./measure.ts";
import { problemOf } from "./problem.ts";

/**
 * 4096 pixels as two images: a piece never spans two images, and a pool runs inline what is a single piece, so that one
 * image of as many pixels would never reach a thread. `inlineLogits` of 0 says the same to pools that count logits too.
 */
const DIMS = [2, 1, 32, 64];
const SEED = 4096;
/** Calls per round, one after the other, as in a loop of training steps: so many that the first rounds leave them compiled. */
const CALLS = 1000;

export interface Spread {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** Milliseconds of one call of value and gradient. */
export interface Dispatch {
  readonly dims: readonly number[];
  readonly threads: number;
  readonly pool: Spread;
  readonly inline: Spread;
}

export async function measureDispatch(threads: number, rounds: number): Promise<Dispatch> {
  const loss = parseLoss("binary-cross-entropy");
  const { logits, labels } = problemOf(DIMS, "mild", SEED);
  const [images, , ...spatial] = DIMS as [number, number, ...number[]];
  const forced = { threads, inlineLogits: 0 };
  const pool = new LossPool(forced);
  try {
    const x = pool.tensor(DIMS, "float32");
    const t = pool.tensor([images, ...spatial], "uint8");
    x.data.set(logits);
    t.data.set(labels);
    const { data: out } = pool.tensor(DIMS, "float32");
    const [ofPool, ofInline] = (await interleave(
      [
        perCall(() => pool.valueAndGrad(loss, x, t, { out })),
        perCall(async () => loss.valueAndGrad(x, t, { out })),
      ],
      rounds,
    )) as [number[], number[]];
    return { dims: DIMS, threads, pool: spread(ofPool), inline: spread(ofInline) };
  } finally {
    await pool.close();
  }
}

function perCall(call: () => Promise<unknown>) {
  return {
    async run() {
      const begin = performance.now();
      for (let i = 0; i < CALLS; i++) await call();
      return (performance.now() - begin) / CALLS;
    },
  };
}

function spread(ms: readonly number[]): Spread {
  return { q1: quantile(ms, 0.25), median: quantile(ms, 0.5), q3: quantile(ms, 0.75) };
}
