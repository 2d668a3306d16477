/** Convex solids as intersections of half-spaces, and where a ray enters one. */

import { dot, normalize, type Vector } from "./vector.ts";

/** The points `p` with `normal · p <= offset`. */
export interface HalfSpace {
  readonly normal: Vector;
  readonly offset: number;
}

/** A box around something: most rays miss it, and so never look at what is inside. */
export interface Bounds {
  readonly low: Vector;
  readonly high: Vector;
}

export interface Hull extends Bounds {
  readonly faces: readonly HalfSpace[];
}

export interface Entry {
  readonly distance: number;
  readonly normal: Vector;
}

export function box(low: Vector, high: Vector): Hull {
  return {
    faces: [
      { normal: [-1, 0, 0], offset: -low[0] },
      { normal: [1, 0, 0], offset: high[0] },
      { normal: [0, -1, 0], offset: -low[1] },
      { normal: [0, 1, 0], offset: high[1] },
      { normal: [0, 0, -1], offset: -low[2] },
      { normal: [0, 0, 1], offset: high[2] },
    ],
    low,
    high,
  };
}

/** A roof with slanted glass all round, on the body of a car that stands at `at`. */
export function carCabin(at: Vector, width: number, length: number, shoulder: number, height: number): Hull {
  const [x, , z] = at;
  const halfWidth = width / 2 - 0.02;
  const halfLength = length / 2 - 0.45;
  const faces: HalfSpace[] = [
    { normal: [0, -1, 0], offset: -shoulder },
    { normal: [0, 1, 0], offset: height },
  ];
  const lean = (direction: Vector, slope: number, reach: number): void => {
    const normal = normalize([direction[0], slope, direction[2]]);
    const foot: Vector = [x + direction[0] * reach, shoulder, z + direction[2] * reach];
    faces.push({ normal, offset: dot(normal, foot) });
  };
  lean([-1, 0, 0], 0.3, halfWidth);
  lean([1, 0, 0], 0.3, halfWidth);
  lean([0, 0, -1], 0.75, halfLength);
  lean([0, 0, 1], 0.75, halfLength);
  return {
    faces,
    low: [x - halfWidth, shoulder, z - halfLength],
    high: [x + halfWidth, height, z + halfLength],
  };
}

/** Where the ray `origin + t·direction` enters the hull at a `t` in (0, limit); undefined when it does not. */
export function enterHull(hull: Hull, origin: Vector, direction: Vector, limit: number): Entry | undefined {
  let enter = 0;
  let leave = limit;
  let normal: Vector | undefined;
  for (const face of hull.faces) {
    const toward = dot(face.normal, direction);
    const inside = face.offset - dot(face.normal, origin);
    if (toward === 0) {
      if (inside < 0) return undefined;
      continue;
    }
    const t = inside / toward;
    if (toward > 0) leave = Math.min(leave, t);
    else if (t > enter) {
      enter = t;
      normal = face.normal;
    }
    if (enter >= leave) return undefined;
  }
  return normal === undefined ? undefined : { distance: enter, normal };
}

/** Whether the ray passes beside a box: three slabs, written out because most of a scene's time goes here. */
export function missesBounds(
  { low, high }: Bounds,
  origin: Vector,
  direction: Vector,
  limit: number,
): boolean {
  // A ray along a face gives 0/0 = NaN, which makes the comparison false; then the inside decides.
  const x0 = (low[0] - origin[0]) / direction[0];
  const x1 = (high[0] - origin[0]) / direction[0];
  const y0 = (low[1] - origin[1]) / direction[1];
  const y1 = (high[1] - origin[1]) / direction[1];
  const z0 = (low[2] - origin[2]) / direction[2];
  const z1 = (high[2] - origin[2]) / direction[2];
  const enter = Math.max(0, Math.min(x0, x1), Math.min(y0, y1), Math.min(z0, z1));
  const leave = Math.min(limit, Math.max(x0, x1), Math.max(y0, y1), Math.max(z0, z1));
  return enter > leave;
}
