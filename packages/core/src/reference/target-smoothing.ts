/**
 * Label smoothing of one target by the share s, of which libraries have three kinds:
 *
 *   half      t (1 - s) + s / 2            flip   t (1 - s) + (1 - t) s
 *   uniform   t (1 - s) + s / C, over the C channels of the pixel that count
 */
export type Smoothing = "half" | "flip" | "uniform";

/** The softened target of a target of a pixel with `channels` channels that count. */
export function targetSmoothing(s: number, smoothing: Smoothing): (t: number, channels: number) => number {
  if (s === 0) return (t) => t;
  if (smoothing === "half") return (t) => t * (1 - s) + s / 2;
  if (smoothing === "flip") return (t) => t * (1 - s) + (1 - t) * s;
  return (t, channels) => t * (1 - s) + s / channels;
}
