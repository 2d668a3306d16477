/** A unit of a field as another thread sees it: its arrays are shared whole. @module */
import type { FieldUnit, LossEngine, TypedArray } from "@pixelgrad/core";
import { type SharedArray, shareWhole, wholeArray } from "./shared-problem.ts";

type Arena = LossEngine["arena"];

const arrayNames = ["values", "target", "weights", "distances"] as const;

type UnitArrayName = (typeof arrayNames)[number];

export type SharedUnit = Omit<FieldUnit, UnitArrayName> & {
  readonly arrays: Readonly<Partial<Record<UnitArrayName, SharedArray>>>;
};

/** Shares a unit whose arrays lie in `arena`, or over SharedArrayBuffers. */
export function shareUnit(
  { values, target, weights, distances, ...unit }: FieldUnit,
  arena: Arena,
): SharedUnit {
  const own = { values, target, weights, distances };
  const arrays: Partial<Record<UnitArrayName, SharedArray>> = {};
  for (const name of arrayNames) {
    const array: TypedArray | undefined = own[name];
    const shared = array && shareWhole(array, arena);
    if (shared) arrays[name] = shared;
  }
  return { ...unit, arrays };
}

/** The unit that another thread shares. */
export function unitOf({ arrays, ...unit }: SharedUnit, arena: Arena): FieldUnit {
  const own: Partial<Record<UnitArrayName, TypedArray>> = {};
  for (const name of arrayNames) {
    const array = arrays[name];
    if (array) own[name] = wholeArray(array, arena);
  }
  return { ...unit, ...own } as FieldUnit;
}
