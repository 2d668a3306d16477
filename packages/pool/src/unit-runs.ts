/**
 * Runs units of fields: each on a thread of its own, or, where fewer of them than threads have much to do, one after the
 * other on all threads, in bands. That does not change a bit.
 *
 * @module
 */
import type { LossCall } from "@pixelgrad/core";
import { type CrewMemory, makeCrew, stopCrew } from "./crew.ts";
import type { KeptDoubles } from "./kept-doubles.ts";
import type { LossJob, LossJobResult, UnitJob } from "./loss-job.ts";
import { cancelled, type OrderedPool } from "./ordered-pool.ts";

/** Pixels of the smallest unit that is cut: for fewer, waking threads costs as much as they save. */
const SMALLEST_CUT = 32_768;

/** Whether a call has units that threads could share, so that they help even where there is one piece. */
export function hasSharedUnits({ plan, problem: { spatial, pixels } }: LossCall): boolean {
  return (
    pixels >= SMALLEST_CUT &&
    plan.terms.some(({ term: { field } }) => {
      const rows = Array.from({ length: field?.rows ?? 0 }, (_, row) => row);
      return rows.some((row) => (field?.workspace?.(spatial, row) ?? 0) > 0);
    })
  );
}

export interface PlannedUnit {
  readonly pixels: number;
  /** Numbers that its bands take; 0 where there is next to nothing to do, undefined where it cannot be cut. */
  readonly workspace: number | undefined;
  /** Makes its job, when it is about to run; jobs that run at the same time have slots of their own. */
  job(slot: number): UnitJob;
}

type UnitPool = OrderedPool<LossJob, LossJobResult>;

/**
 * The sums of each unit.
 * @param kept - where crews have their workspace.
 * @throws what a unit throws; PixelgradError `CANCELLED`.
 */
export async function runUnits(
  pool: UnitPool,
  units: readonly PlannedUnit[],
  kept: KeptDoubles,
  signal: AbortSignal | undefined,
): Promise<readonly Float64Array[]> {
  const isCut = cutsOf(units, pool.threads);
  const [whole, cut] = [false, true].map((wanted) => units.filter((unit) => isCut(unit) === wanted));
  const sums = new Map<PlannedUnit, Float64Array>();
  function* jobs(): Generator<LossJob> {
    for (const [i, unit] of whole!.entries()) yield { unit: unit.job(i % pool.window) };
  }
  await pool.run(jobs(), (own, i) => void sums.set(whole![i]!, own), signal && { signal });
  for (const unit of cut!) {
    if (signal?.aborted) throw cancelled(sums.size);
    const crew = makeCrew(kept.take("crew", unit.workspace!));
    const own = await runInBands(pool, { ...unit.job(0), crew }, crew, signal);
    if (signal?.aborted) throw cancelled(sums.size);
    sums.set(unit, own);
  }
  return units.map((unit) => sums.get(unit)!);
}

/** Which units are cut: with as many as threads, or more, there is nothing to gain. */
function cutsOf(units: readonly PlannedUnit[], threads: number): (unit: PlannedUnit) => boolean {
  if (units.filter(({ workspace }) => workspace !== 0).length >= threads) return () => false;
  return ({ workspace = 0, pixels }) => workspace > 0 && pixels >= SMALLEST_CUT;
}

/** The sums of a unit on all threads, which all come to the same. */
async function runInBands(
  pool: UnitPool,
  unit: UnitJob,
  crew: CrewMemory,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const stop = () => stopCrew(crew);
  signal?.addEventListener("abort", stop);
  try {
    const members = Array.from({ length: pool.threads }, async () => {
      try {
        return await pool.runAlone({ unit });
      } catch (error) {
        // Of a thread that died the others would wait for its band.
        stop();
        throw error;
      }
    });
    await Promise.allSettled(members);
    const [sums] = await Promise.all(members);
    return sums!;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
