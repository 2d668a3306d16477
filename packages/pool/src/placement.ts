/**
 * Where the arrays of a piece are in the shared memory: in place if they live there, else brought through a slot.
 *
 * @module
 */
import type { LossEngine, LossPlan, PieceView, Rows } from "@pixelgrad/core";
import { arrayType } from "./array-types.ts";
import type { ResidentPiece, ResidentRows } from "./loss-job.ts";
import type { StagingSlot } from "./staging.ts";

export interface Placement {
  readonly piece: ResidentPiece;
  /** Copies what the job wrote to where the caller wants it. */
  retrieve(): void;
}

/** Whether all arrays of a piece live in the shared memory, so that it needs no slot. */
export function isResident(view: PieceView, { arena }: LossEngine): boolean {
  const { logits, target, grad, elements } = view;
  return [logits, target, grad, elements].every((rows) => rows === undefined || arena.holds(rows.data));
}

/** Places a piece; `readsLogits` spares a map that never looks at the logits their copy. */
export function placePiece(
  view: PieceView,
  { arena }: LossEngine,
  slot: StagingSlot,
  { elementRows }: LossPlan,
  readsLogits: boolean,
): Placement {
  const { count, classes, origin, logits, target, grad, elements } = view;
  slot.open(view);
  const copies: (() => void)[] = [];
  const input = (rows: Rows, channels: number): ResidentRows =>
    arena.holds(rows.data) ? residentRows(rows) : slot.copyIn(rows, channels, count);
  const output = (rows: Rows<Float32Array>, channels: number): ResidentRows => {
    if (arena.holds(rows.data)) return residentRows(rows);
    const resident = slot.reserve(rows, channels, count);
    copies.push(() => slot.copyOut(resident, rows, channels, count));
    return resident;
  };
  const piece: ResidentPiece = {
    count,
    origin,
    logits: readsLogits ? input(logits, classes) : slot.reserve(logits, classes, count),
    target: input(target, view.targetKind === "dense" ? classes : 1),
    ...(grad && { grad: output(grad, classes) }),
    ...(elements && { elements: output(elements, elementRows) }),
  };
  return {
    piece,
    retrieve() {
      for (const copy of copies) copy();
    },
  };
}

function residentRows({ data, offset, stride }: Rows): ResidentRows {
  const address = data.byteOffset + offset * data.BYTES_PER_ELEMENT;
  return { address, stride, type: arrayType(data) };
}
