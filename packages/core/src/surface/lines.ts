/** A row-major grid as lines along its last axis, and which of them are neighbours. @module */
import { elementCount } from "../tensor.ts";

export interface Lines {
  /** Elements of a line. */
  readonly length: number;
  readonly count: number;
  /** The other axes: how many lines along each, and how many lines apart neighbours are. */
  readonly axes: readonly { readonly length: number; readonly stride: number }[];
}

export function linesOf(spatial: readonly number[]): Lines {
  const outer = spatial.slice(0, -1);
  return {
    length: spatial.at(-1) ?? 1,
    count: elementCount(outer),
    axes: outer.map((length, axis) => ({ length, stride: elementCount(outer.slice(axis + 1)) })),
  };
}

/** The line before along an axis; -1 at the edge. */
export function lineBefore({ axes }: Lines, line: number, axis: number): number {
  const { length, stride } = axes[axis];
  return Math.floor(line / stride) % length === 0 ? -1 : line - stride;
}

/** The line behind along an axis; -1 at the edge. */
export function lineBehind({ axes }: Lines, line: number, axis: number): number {
  const { length, stride } = axes[axis];
  return Math.floor(line / stride) % length === length - 1 ? -1 : line + stride;
}

/** The lines of the box of 3 along each axis around a line, itself among them, in their order. */
export function boxAround(lines: Lines, line: number): number[] {
  let box = [line];
  for (let axis = lines.axes.length - 1; axis >= 0; axis--) {
    const before = lineBefore(lines, line, axis);
    const behind = lineBehind(lines, line, axis);
    box = [
      ...(before < 0 ? [] : box.map((other) => other + before - line)),
      ...box,
      ...(behind < 0 ? [] : box.map((other) => other + behind - line)),
    ];
  }
  return box;
}
