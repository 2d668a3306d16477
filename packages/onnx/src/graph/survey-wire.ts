/**
 * The walk over the bytes of a file before any of it becomes an object: every length lies inside its parent, nothing is
 * nested too deep, all text is UTF-8, and what the file would become fits in memory. A hundred bytes can announce 2³¹
 * elements; what passes here cannot lie to the decoder.
 *
 * @module
 */
import { isUtf8 } from "node:buffer";
import { PixelgradError } from "@pixelgrad/core";
import { damaged } from "./damaged.ts";
import { ModelProtoSchema } from "./onnx_pb.ts";
import { WireCursor } from "./wire-cursor.ts";
import { type MessagePlan, planOf, wire } from "./wire-plan.ts";

/** As deep as other readers of the format go. */
const DEEPEST = 100;

/** Roughly what the decoder makes of each, in bytes; tensors stay slices of the file. */
const COST = { message: 200, text: 40, number: 24, slice: 150 } as const;

/** About a hundred thousand nodes. */
const LARGEST_COST = 160e6;

export interface WireSurvey {
  /** Some tensor has its numbers one by one, or in several runs: legal, and rare. */
  readonly scattered: boolean;
}

interface Frame {
  readonly plan: MessagePlan;
  readonly end: number;
  /** Number fields of this tensor so far, as bits. */
  runs: number;
}

/** @throws PixelgradError `MODEL_DAMAGED`; `MODEL_UNSUPPORTED` for more parts than fit in memory. */
export function surveyWire(bytes: Uint8Array, model: string): WireSurvey {
  const stack: Frame[] = [{ plan: planOf(ModelProtoSchema), end: bytes.length, runs: 0 }];
  const cursor = new WireCursor(bytes, model);
  let scattered = false;
  let cost = 0;
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (cursor.at === frame.end) {
      stack.pop();
      continue;
    }
    const { field, type } = cursor.tag(frame.end);
    const plan = frame.plan.get(field);
    if (type !== wire.bytes) {
      cursor.skipNumber(type, frame.end);
      if (plan !== undefined && plan.element !== type) throw cursor.mismatch(field);
      if (plan?.kind === "run") scattered = true;
      else cost += plan === undefined ? COST.slice : COST.number;
    } else {
      const end = cursor.lengthEnd(frame.end);
      const start = cursor.at;
      cursor.at = end;
      if (plan === undefined) cost += COST.slice;
      else if (plan.child !== undefined) {
        cost += COST.message;
        if (stack.length === DEEPEST) throw damaged(model, `it is nested more than ${DEEPEST} levels deep`);
        cursor.at = start;
        stack.push({ plan: plan.child, end, runs: 0 });
      } else if (plan.kind === "text") {
        cost += COST.text + end - start;
        if (!isText(bytes, start, end)) throw damaged(model, `a name at byte ${start} is no UTF-8`);
      } else if (plan.kind === "slice") cost += COST.slice;
      else if (plan.kind === "run") {
        cost += COST.slice;
        if ((frame.runs >> field) & 1) scattered = true;
        frame.runs |= 1 << field;
      } else {
        if (!plan.packable) throw cursor.mismatch(field);
        cost += COST.number * cursor.countPacked(plan.element, start, end);
      }
    }
    if (cost > LARGEST_COST) throw tooMany(model);
  }
  return { scattered };
}

function isText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) >= 0x80) return isUtf8(bytes.subarray(i, end));
  }
  return true;
}

function tooMany(model: string): Error {
  const reason = "it has more nodes, attributes and names than this package reads (about 100 000 nodes)";
  return new PixelgradError("MODEL_UNSUPPORTED", `${model} cannot be used: ${reason}.`, { model, reason });
}
