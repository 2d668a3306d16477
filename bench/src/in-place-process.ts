/**
 * One process of the in-place measurement: cross-entropy whose gradient replaces the logits.
 *
 *   node in-place-process.js '{"dims": [8, 21, 512, 512], "threads": 2}'
 *
 * 0 threads is the calling thread. Small calls come first, so that threads, code and the stacks they need are there; the
 * arrays are written before the baseline is taken, so that all their pages are resident.
 */
import { crossEntropy, elementCount, type Tensor } from "@pixelgrad/core";
import { LossPool } from "@pixelgrad/pool";
import type { InPlace } from "./in-place.ts";

const MIB = 2 ** 20;
const WARMUP_DIMS = [8, 21, 64, 64];
const WARMUP_CALLS = 20;
/** The second call would show memory that is taken anew each time. */
const CALLS = 3;

const { dims, threads } = JSON.parse(process.argv[2]!) as { dims: number[]; threads: number };
const loss = crossEntropy();
const pool = threads > 0 ? new LossPool({ threads }) : undefined;

interface Arrays {
  readonly logits: Tensor<Float32Array>;
  readonly labels: Tensor<Uint8Array>;
}

await inPlace(arrays(WARMUP_DIMS), WARMUP_CALLS);
const big = arrays(dims);
const peakBefore = peak();
const before = process.memoryUsage.rss();
await inPlace(big, CALLS);
const after = peak() > peakBefore ? peak() : process.memoryUsage.rss();
await pool?.close();

const result: InPlace = {
  where: threads > 0 ? `pool of ${threads}` : "inline",
  dims,
  arraysMiB: (big.logits.data.byteLength + big.labels.data.byteLength) / MIB,
  growthMiB: Math.max(0, after - before) / MIB,
};
process.stdout.write(JSON.stringify(result));

/** The highest the resident memory has ever been: memory given back before the calls ended counts too. */
function peak(): number {
  return process.resourceUsage().maxRSS * 1024;
}

async function inPlace({ logits, labels }: Arrays, calls: number): Promise<void> {
  const out = { out: logits.data };
  for (let i = 0; i < calls; i++) {
    await (pool?.valueAndGrad(loss, logits, labels, out) ?? loss.valueAndGrad(logits, labels, out));
  }
}

function arrays(dims: readonly number[]): Arrays {
  const [images, classes, ...spatial] = dims as [number, number, ...number[]];
  const labelDims = [images, ...spatial];
  const made = {
    logits: pool?.tensor(dims, "float32") ?? { data: new Float32Array(elementCount(dims)), dims },
    labels: pool?.tensor(labelDims, "uint8") ?? {
      data: new Uint8Array(elementCount(labelDims)),
      dims: labelDims,
    },
  };
  for (let i = 0; i < made.logits.data.length; i++) made.logits.data[i] = (i % 97) / 24 - 2;
  for (let i = 0; i < made.labels.data.length; i++) made.labels.data[i] = i % classes;
  return made;
}
