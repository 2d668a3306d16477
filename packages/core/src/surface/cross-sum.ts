/** Sums over a pixel and its neighbours along the axes. @module */
import { type Lines, lineBefore, lineBehind } from "./lines.ts";

/** Writes the sums of a line: each pixel, then before and behind along one axis after the other; 0 beyond the edge. */
export function addCross(map: Float64Array, lines: Lines, line: number, out: Float64Array): void {
  const { length, axes } = lines;
  const at = line * length;
  if (axes.length === 1 && line > 0 && line < lines.count - 1) {
    const stride = length;
    for (let i = at; i < at + length; i++) out[i] = map[i] + map[i - stride] + map[i + stride];
  } else {
    for (let i = at; i < at + length; i++) out[i] = map[i];
    for (let axis = 0; axis < axes.length; axis++) {
      addLine(map, lineBefore(lines, line, axis), at, length, out);
      addLine(map, lineBehind(lines, line, axis), at, length, out);
    }
  }
  for (let i = at; i < at + length - 1; i++) out[i + 1] += map[i];
  for (let i = at; i < at + length - 1; i++) out[i] += map[i + 1];
}

function addLine(map: Float64Array, line: number, at: number, length: number, out: Float64Array): void {
  if (line < 0) return;
  const step = line * length - at;
  for (let i = at; i < at + length; i++) out[i] += map[i + step];
}
