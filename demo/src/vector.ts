/** Three numbers: a point in metres (x right, y up, z away from the camera), a direction, or linear light (r, g, b). */
export type Vector = readonly [x: number, y: number, z: number];

export function add(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** Component by component: light falling on a coloured surface. */
export function multiply(a: Vector, b: Vector): Vector {
  return [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
}

/** `a` at weight 0, `b` at weight 1. */
export function mix(a: Vector, b: Vector, weight: number): Vector {
  return add(scale(a, 1 - weight), scale(b, weight));
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function normalize(a: Vector): Vector {
  return scale(a, 1 / Math.sqrt(dot(a, a)));
}
