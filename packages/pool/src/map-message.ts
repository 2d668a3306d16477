/** What threads are told of a map: its shape, where its arrays are, and its coefficients. @module */
import type { LossCall, LossEngine, LossSpec, Piece, PieceView } from "@pixelgrad/core";
import type { Board } from "./board.ts";
import type { MapMessage } from "./loss-job.ts";
import { type ArrayName, arrayNames, type SharedArray, shareWhole } from "./shared-problem.ts";
import { Staging, type StagingMemory } from "./staging.ts";

/** One map of one call. */
export interface MapSpec {
  readonly loss: LossSpec;
  readonly call: LossCall;
  readonly pieces: readonly Piece[];
  /** A piece with room for the outputs of this map: made when it is needed, as all of them may be millions. */
  readonly view: (piece: Piece) => PieceView;
  readonly fields?: readonly (Float64Array | undefined)[];
  /** Of each image; absent in the first map. */
  readonly coefficients?: readonly Float64Array[];
  readonly signal?: AbortSignal;
  /** Whether an earlier map of the call had long pieces. */
  readonly leaveToThreads: boolean;
}

export interface SharedMap {
  readonly message: MapMessage;
  /** The slots that arrays pass through; undefined where all are shared whole. */
  readonly staging: Staging | undefined;
}

/** Shares a map of at least one piece, through so many slots where it needs any. */
export function shareMap(
  { loss, call, pieces, view, fields, coefficients }: MapSpec,
  board: Board,
  { arena }: LossEngine,
  memory: StagingMemory,
  slots: number,
): SharedMap {
  const { logits, target, pixelWeights, teacher, upstream, distanceMaps, ...shape } = call.problem;
  const arrays: Partial<Record<ArrayName, SharedArray>> = {};
  const passing = new Set<ArrayName>();
  const largest = view(pieces.reduce((a, b) => (b.count > a.count ? b : a)));
  for (const name of arrayNames) {
    const rows = largest.rows[name];
    if (rows === undefined) continue;
    const whole = shareWhole(rows.data, arena);
    if (whole) arrays[name] = whole;
    else passing.add(name);
  }
  const staging = passing.size === 0 ? undefined : new Staging(memory, largest, passing, slots);
  const message = {
    loss: { id: loss.id, options: loss.options },
    problem: {
      ...shape,
      arrays: { ...arrays, ...staging?.arrays },
      ...(staging && { layoutOfSlots: staging.layout }),
    },
    board: board.buffer,
    ...(fields && { fields: fields.map((field) => field && shareWhole(field, arena)) }),
    ...(coefficients && { coefficients: packed(coefficients) }),
  };
  return { message, staging };
}

/** One behind the other: posting one array is quicker than one for each image. */
function packed(arrays: readonly Float64Array[]): Float64Array {
  const length = arrays[0]?.length ?? 0;
  const all = new Float64Array(arrays.length * length);
  for (const [i, array] of arrays.entries()) all.set(array, i * length);
  return all;
}
