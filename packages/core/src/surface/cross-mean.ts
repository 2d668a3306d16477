/** The mean over a pixel and its neighbours along the axes. @module */
import { type Lines, lineBefore, lineBehind } from "./lines.ts";

/**
 * Writes the means of a line: of each pixel, then before and behind along one axis after the other, 2 d + 1 numbers; 0
 * beyond the edge.
 */
export function crossMean(map: Float64Array, lines: Lines, line: number, out: Float64Array): void {
  const { length, axes } = lines;
  const at = line * length;
  if (axes.length === 1 && line > 0 && line < lines.count - 1) {
    for (let i = at; i < at + length; i++) out[i] = map[i] + map[i - length] + map[i + length];
  } else {
    for (let i = at; i < at + length; i++) out[i] = map[i];
    for (let axis = 0; axis < axes.length; axis++) {
      addLine(map, lineBefore(lines, line, axis), at, length, out);
      addLine(map, lineBehind(lines, line, axis), at, length, out);
    }
  }
  const numbers = 2 * axes.length + 3;
  const last = at + length - 1;
  if (length > 1) {
    out[at] += map[at + 1];
    out[last] += map[last - 1];
  }
  for (let i = at + 1; i < last; i++) out[i] = (out[i] + map[i - 1] + map[i + 1]) / numbers;
  out[at] /= numbers;
  if (length > 1) out[last] /= numbers;
}

function addLine(map: Float64Array, line: number, at: number, length: number, out: Float64Array): void {
  if (line < 0) return;
  const step = line * length - at;
  for (let i = at; i < at + length; i++) out[i] += map[i + step];
}
