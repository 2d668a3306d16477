/**
 * Where the arrays of a piece are in the shared memory: in place if they live there, else brought through a slot.
 *
 * @module
 */
import type { Floats, LossEngine, PieceView, Rows } from "@pixelgrad/core";
import { arrayType } from "./array-types.ts";
import type { ResidentPiece, ResidentRows } from "./loss-job.ts";
import type { StagingSlot } from "./staging.ts";

export interface Placement {
  readonly piece: ResidentPiece;
  /** Copies what the job wrote to where the caller wants it. */
  retrieve(): void;
}

/** Whether all arrays of a piece live in the shared memory, so that it needs no slot. */
export function isResident(
  { rows: { fields: _fields, ...rows } }: PieceView,
  { arena }: LossEngine,
): boolean {
  return Object.values(rows).every(({ data }) => arena.holds(data));
}

/** Places a piece; `readsLogits` spares a map that never looks at the logits their copy. */
export function placePiece(
  view: PieceView,
  { arena }: LossEngine,
  slot: StagingSlot,
  readsLogits: boolean,
  coefficients: Float64Array | undefined,
): Placement {
  const { count, origin, classMask, rows } = view;
  const { logits, target, grad, elements, pixelWeights, teacher, upstream, fields } = rows;
  slot.open(view);
  const copies: (() => void)[] = [];
  const input = (rows: Rows): ResidentRows =>
    arena.holds(rows.data) ? residentRows(rows) : slot.copyIn(rows, count);
  const output = (rows: Rows<Floats>): ResidentRows => {
    if (arena.holds(rows.data)) return residentRows(rows);
    const resident = slot.reserve(rows, count);
    copies.push(() => slot.copyOut(resident, rows, count));
    return resident;
  };
  const piece: ResidentPiece = {
    count,
    origin,
    rows: {
      logits: readsLogits ? input(logits) : slot.reserve(logits, count),
      target: input(target),
      ...(grad && { grad: output(grad) }),
      ...(elements && { elements: output(elements) }),
      ...(pixelWeights && { pixelWeights: input(pixelWeights) }),
      ...(teacher && { teacher: input(teacher) }),
      ...(upstream && { upstream: input(upstream) }),
    },
    ...(fields && { fields }),
    // Sliced, because a view would be posted with its whole array.
    ...(classMask && { classMask: classMask.slice() }),
    ...(coefficients && { coefficients }),
  };
  return {
    piece,
    retrieve() {
      for (const copy of copies) copy();
    },
  };
}

function residentRows({ data, channels, offset, stride, step }: Rows): ResidentRows {
  const address = data.byteOffset + offset * data.BYTES_PER_ELEMENT;
  return { address, channels, stride, step, type: arrayType(data) };
}
