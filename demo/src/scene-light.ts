/** The light that reaches the camera along a ray: by day from the sun and the sky, by night from lamps and windows. */

import { cellNoise, cloudNoise, smoothNoise, smoothStep } from "./noise.ts";
import type { Street } from "./scene-layout.ts";
import { type Hit, type RayCaster, rayCaster } from "./scene-rays.ts";
import { materialAt } from "./scene-surfaces.ts";
import { add, dot, mix, multiply, normalize, scale, subtract, type Vector } from "./vector.ts";

export type Domain = "day" | "night";

/** Linear red, green and blue for a hit seen along `direction`. */
export type Shader = (hit: Hit, direction: Vector) => Vector;

export function shader(street: Street, domain: Domain): Shader {
  const cast = rayCaster(street);
  return domain === "day" ? dayShader(street, cast) : nightShader(street, cast);
}

function dayShader(street: Street, cast: RayCaster): Shader {
  const sunlight: Vector = [1.9, 1.68, 1.3];
  return (hit, direction) => {
    if (hit.kind === "sky") return daySky(street, direction);
    const { colour, mirror } = materialAt(street, hit);
    const facing = dot(hit.normal, street.sun);
    const lit = facing > 0 && cast(liftOff(hit), street.sun).kind === "sky";
    // The sky lights what looks up more than what looks down.
    const ambient = scale([0.5, 0.55, 0.66], 0.75 + 0.35 * hit.normal[1]);
    const diffuse = multiply(colour, add(ambient, scale(sunlight, lit ? facing : 0)));
    if (mirror === 0) return haze(diffuse, hit.distance);
    const away = reflect(direction, hit.normal);
    const mirrored = away[1] > 0 ? daySky(street, away) : ([0.2, 0.2, 0.2] satisfies Vector);
    return haze(add(diffuse, scale(mirrored, mirror)), hit.distance);
  };
}

function haze(light: Vector, distance: number): Vector {
  return mix(light, [0.62, 0.72, 0.85], 0.35 * smoothStep(15, 90, distance));
}

function daySky(street: Street, direction: Vector): Vector {
  const height = Math.max(0, direction[1]);
  const blue = mix([0.62, 0.8, 1.05], [0.16, 0.38, 0.85], smoothStep(0, 0.55, height));
  const x = direction[0] / (height + 0.12);
  const z = direction[2] / (height + 0.12);
  const clouds = smoothStep(0.5, 0.75, cloudNoise(1.3 * x, 0.9 * z, street.seed + 11));
  return mix(blue, [1.15, 1.15, 1.15], 0.8 * clouds);
}

interface Lamp {
  readonly at: Vector;
  readonly light: Vector;
  readonly shaded: boolean;
}

function nightShader(street: Street, cast: RayCaster): Shader {
  const lamps = lampsOf(street);
  const lit = (hit: Hit, direction: Vector): Vector => {
    if (hit.kind === "sky") return nightSky(street, direction);
    const { colour, glow } = materialAt(street, hit);
    return add(glow, multiply(sodium(colour), lampLight(lamps, hit.point, hit.normal)));
  };
  return (hit, direction) => {
    const light = lit(hit, direction);
    if (hit.kind !== "road" && hit.kind !== "car") return light;
    // The wet road is a rough mirror; the rain stands in puddles, where it is a smooth one.
    const [x, , z] = hit.point;
    const puddle =
      hit.kind === "road" ? smoothStep(0.35, 0.6, cloudNoise(x / 1.2, z / 3, street.seed + 5)) : 1;
    const ripple = (0.06 - 0.05 * puddle) * (cellNoise(Math.floor(40 * x), Math.floor(40 * z), 3) - 0.5);
    const sway = 0.05 * (smoothNoise(3 * x, 3 * z, 4) - 0.5);
    const normal = normalize(add(hit.normal, [ripple + sway, 0, ripple - sway]));
    const away = reflect(direction, normal);
    if (dot(away, hit.normal) <= 0) return light;
    const wetness = hit.kind === "road" ? 0.6 + 0.4 * puddle : 0.25;
    const share = wetness * fresnel(-dot(direction, hit.normal));
    return add(light, scale(lit(cast(liftOff(hit), away), away), share));
  };
}

/** The street lamps, and those of the cars. */
function lampsOf(street: Street): readonly Lamp[] {
  const lamps: Lamp[] = street.lamps.map((at) => ({ at, light: [42, 21, 5], shaded: true }));
  for (const car of street.cars) {
    const front = car.at[2] - car.length / 2;
    lamps.push(
      car.oncoming
        ? { at: [car.at[0], 0.7, front - 1.2], light: [1.3, 1.3, 1.2], shaded: false }
        : { at: [car.at[0], 0.6, front - 0.5], light: [0.7, 0.03, 0.02], shaded: false },
    );
  }
  return lamps;
}

function lampLight(lamps: readonly Lamp[], point: Vector, normal: Vector): Vector {
  // Moonlight, so that nothing is quite black.
  let light: Vector = scale([0.035, 0.085, 0.2], 0.8 + 0.3 * normal[1]);
  for (const lamp of lamps) {
    const toLamp = subtract(lamp.at, point);
    const square = dot(toLamp, toLamp);
    const facing = dot(toLamp, normal) / Math.sqrt(square);
    if (facing <= 0) continue;
    // Street lamps shine downwards: little of it climbs the walls.
    const below = lamp.shaded ? Math.max(0, toLamp[1] / Math.sqrt(square)) : 1;
    light = add(light, scale(lamp.light, (below * below * facing) / (square + 0.5)));
  }
  return light;
}

/** Colours fade under sodium lamps, which shine at one wavelength: green leaves turn brown. */
function sodium(colour: Vector): Vector {
  const yellow = 0.55 * colour[0] + 0.45 * colour[1];
  return mix(colour, [yellow, yellow, yellow], 0.5);
}

function nightSky(street: Street, direction: Vector): Vector {
  const height = Math.max(0, direction[1]);
  const sky = mix([0.34, 0.1, 0.34], [0.02, 0.025, 0.12], smoothStep(0, 0.5, height));
  const nearMoon = dot(normalize(direction), street.moon);
  const moon = smoothStep(0.9982, 0.9987, nearMoon);
  const corona = smoothStep(0.95, 1, nearMoon);
  const x = Math.floor((130 * direction[0]) / direction[2]);
  const y = Math.floor((130 * direction[1]) / direction[2]);
  const star = cellNoise(x, y, street.seed + 23);
  const starlight = star > 0.994 ? 1.6 * cellNoise(y, x, street.seed) * smoothStep(0.02, 0.15, height) : 0;
  return add(sky, add(scale([1.5, 1.45, 1.25], moon + starlight), scale([0.09, 0.1, 0.15], corona)));
}

/** Schlick's share of mirrored light for water, seen at the given cosine from straight above. */
function fresnel(cosine: number): number {
  const c = 1 - Math.min(1, Math.max(0, cosine));
  return 0.08 + 0.9 * c * c;
}

function reflect(direction: Vector, normal: Vector): Vector {
  return subtract(direction, scale(normal, 2 * dot(direction, normal)));
}

/** A point just off the surface, so that a ray from it does not meet the surface again. */
function liftOff(hit: Exclude<Hit, { kind: "sky" }>): Vector {
  return add(hit.point, scale(hit.normal, 1e-4));
}
