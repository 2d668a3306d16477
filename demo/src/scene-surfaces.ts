/** What things are painted with: the pattern is the same by day and by night, only the glow is lit at night. */

import { cellNoise, cloudNoise, smoothNoise } from "./noise.ts";
import type { Building, Car, Street } from "./scene-layout.ts";
import type { Hit, Surface } from "./scene-rays.ts";
import { mix, scale, type Vector } from "./vector.ts";

export interface Material {
  /** Share of red, green and blue light that the surface throws back in all directions. */
  readonly colour: Vector;
  /** Light of its own after dark: windows, lamps of cars. */
  readonly glow: Vector;
  /** Share of light mirrored when looking straight at the surface. */
  readonly mirror: number;
}

const dark: Vector = [0, 0, 0];
const glass: Vector = [0.1, 0.14, 0.19];

const plasters: readonly Vector[] = [
  [0.56, 0.2, 0.13],
  [0.66, 0.42, 0.2],
  [0.7, 0.52, 0.36],
  [0.6, 0.3, 0.2],
  [0.74, 0.47, 0.36],
  [0.5, 0.26, 0.2],
];

const carPaints: readonly Vector[] = [
  [0.72, 0.03, 0.04],
  [0.04, 0.16, 0.62],
  [0.85, 0.6, 0.03],
  [0.02, 0.45, 0.5],
  [0.85, 0.26, 0.02],
  [0.5, 0.05, 0.4],
];

/** The material at a hit, the sky aside. */
export function materialAt(street: Street, hit: Exclude<Hit, { kind: "sky" }>): Material {
  switch (hit.kind) {
    case "road":
      return matt(asphalt(street, hit.point));
    case "pavement":
      return matt(flagstones(street, hit.point));
    case "building":
      return facade(hit.building, hit);
    case "tree": {
      if (hit.part === "trunk") return matt([0.17, 0.1, 0.05]);
      const [x, y, z] = hit.point;
      const leaves = smoothNoise(4 * (x + z), 4 * y, hit.tree.seed);
      const hue = cellNoise(0, 0, hit.tree.seed);
      return matt(
        scale(mix([0.06, 0.24, 0.03], [0.18, 0.34, 0.04], 0.6 * hue + 0.4 * leaves), 0.55 + 0.8 * leaves),
      );
    }
    case "car":
      return hit.part === "body" ? carBody(hit.car, hit) : carCabin(hit.car, hit);
  }
}

function matt(colour: Vector): Material {
  return { colour, glow: dark, mirror: 0 };
}

/** Dashes in the middle, a line along each kerb, and patches. */
function asphalt(street: Street, [x, , z]: Vector): Vector {
  const kerb = street.roadHalfWidth - Math.abs(x);
  const dash = Math.abs(x) < 0.11 && cycle(z, 5) < 2.6;
  if (dash || (kerb > 0.25 && kerb < 0.4)) return [0.62, 0.62, 0.6];
  const patches = cloudNoise(x / 1.5, z / 4, street.seed);
  const grain = cellNoise(Math.floor(x * 18), Math.floor(z * 9), street.seed);
  return scale([0.125, 0.13, 0.14], 0.65 + 0.45 * patches + 0.3 * grain);
}

/** Slabs of 0.8 m with dark joints, and a pale kerb. */
function flagstones(street: Street, [x, , z]: Vector): Vector {
  if (Math.abs(x) < street.roadHalfWidth + 0.22) return [0.6, 0.58, 0.54];
  const joint = cycle(x, 0.8) < 0.06 || cycle(z, 0.8) < 0.06;
  const shade = cellNoise(Math.floor(x / 0.8), Math.floor(z / 0.8), street.seed);
  return scale([0.46, 0.4, 0.33], joint ? 0.55 : 0.8 + 0.3 * shade);
}

/** Storeys of 3 m with a grid of windows, a darker ground floor with wide ones, a pale ledge at the top. */
function facade(building: Building, { point, normal }: Surface): Material {
  const { seed, top, windowPitch } = building;
  const plaster = plasters[Math.floor(cellNoise(1, 0, seed) * plasters.length)]!;
  const [x, y, z] = point;
  const along = normal[0] !== 0 ? z : x;
  if (top - y < 0.35) return matt(mix(plaster, [0.8, 0.76, 0.7], 0.6));
  const stains = 0.85 + 0.3 * cloudNoise(along / 2, y / 2, seed);

  const groundFloor = y < 3;
  const pitch = groundFloor ? 2 * windowPitch : windowPitch;
  const acrossPane = cycle(along, pitch) / pitch;
  const upStorey = cycle(y, 3) / 3;
  const isPane = Math.abs(acrossPane - 0.5) < (groundFloor ? 0.38 : 0.27) && Math.abs(upStorey - 0.5) < 0.28;
  const storeyFits = Math.floor(y / 3) * 3 + 2.6 < top;
  if (!isPane || !storeyFits) return matt(scale(plaster, stains * (groundFloor ? 0.7 : 1)));

  const lamp = cellNoise(Math.floor(along / pitch), Math.floor(y / 3), seed);
  const lit = lamp < (groundFloor ? 0.55 : 0.42);
  const warm: Vector = lamp < 0.06 ? [0.5, 0.75, 1.2] : [1.5, 0.85, 0.22];
  return { colour: glass, glow: lit ? scale(warm, 0.5 + 2 * lamp) : dark, mirror: 0.25 };
}

function carPaint(car: Car): Vector {
  return carPaints[Math.floor(cellNoise(2, 0, car.seed) * carPaints.length)]!;
}

/** Paint over dark wheels; lamps at the corners of the end that faces the camera. */
function carBody(car: Car, { point, normal }: Surface): Material {
  const x = (point[0] - car.at[0]) / (car.width / 2);
  const y = point[1];
  const z = (point[2] - car.at[2]) / (car.length / 2);
  if (y < 0.22) return matt([0.02, 0.02, 0.022]);
  if (normal[2] < 0) {
    if (Math.abs(Math.abs(x) - 0.74) < 0.2 && Math.abs(y - 0.66 * car.shoulder) < 0.13) {
      return car.oncoming
        ? { colour: [0.8, 0.8, 0.75], glow: [5, 4.8, 4.2], mirror: 0.1 }
        : { colour: [0.5, 0.01, 0.01], glow: [3.2, 0.1, 0.06], mirror: 0.1 };
    }
    if (Math.abs(x) < 0.28 && Math.abs(y - 0.42) < 0.09) return matt([0.75, 0.75, 0.7]);
  }
  const wheel = Math.abs(Math.abs(z) - 0.62) < 0.17 && y < 0.62;
  if (normal[0] !== 0 && wheel) return matt([0.025, 0.025, 0.028]);
  return { colour: carPaint(car), glow: dark, mirror: 0.06 };
}

/** Glass all round between posts, under a painted roof. */
function carCabin(car: Car, { point, normal }: Surface): Material {
  const across = Math.abs(point[0] - car.at[0]) / (car.width / 2);
  const rise = (point[1] - car.shoulder) / (car.height - car.shoulder);
  const post = normal[2] !== 0 ? across > 0.84 : Math.abs(point[2] - car.at[2]) < 0.07;
  if (normal[1] === 1 || rise > 0.86 || post) return { colour: carPaint(car), glow: dark, mirror: 0.06 };
  return { colour: scale(glass, 0.5), glow: dark, mirror: 0.2 };
}

/** How far `x` is into its period, in [0, period). */
function cycle(x: number, period: number): number {
  return x - Math.floor(x / period) * period;
}
