/**
 * The world of one scene, drawn from a seed: a straight street in metres, seen along z. Day and night share it, so their
 * masks are the same; only the light and the paint differ.
 * @module
 */

import { seededRandom } from "@pixelgrad/core/testing";
import { box, carCabin, type Hull } from "./hull.ts";
import { normalize, type Vector } from "./vector.ts";

export interface Building {
  readonly hull: Hull;
  readonly top: number;
  /** Chooses the paint, the lit windows, … */
  readonly seed: number;
  /** Metres from one window to the next. */
  readonly windowPitch: number;
}

export interface Sphere {
  readonly centre: Vector;
  readonly radius: number;
}

export interface Tree {
  readonly trunk: Hull;
  readonly crown: readonly Sphere[];
  readonly seed: number;
}

export interface Car {
  readonly body: Hull;
  readonly cabin: Hull;
  /** Middle of the footprint, on the ground. */
  readonly at: Vector;
  readonly width: number;
  readonly length: number;
  /** Height of the body, below the cabin. */
  readonly shoulder: number;
  readonly height: number;
  readonly oncoming: boolean;
  readonly seed: number;
}

export interface Street {
  readonly seed: number;
  readonly cameraX: number;
  readonly cameraHeight: number;
  /** In image heights: the focal length, and where the street vanishes, from the top left corner. */
  readonly focal: number;
  readonly vanishing: { readonly x: number; readonly y: number };
  readonly roadHalfWidth: number;
  readonly sun: Vector;
  readonly moon: Vector;
  readonly buildings: readonly Building[];
  readonly trees: readonly Tree[];
  readonly cars: readonly Car[];
  /** Heads of the street lamps; they have no posts, so that no pixel is without a class. */
  readonly lamps: readonly Vector[];
}

/** Where the last building closes the street, in metres. */
const streetLength = 60;

export function drawStreet(seed: number): Street {
  const random = seededRandom(seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const newSeed = (): number => Math.floor(random() * 1e6);

  const roadHalfWidth = between(3.1, 3.9);
  const pavementWidth = between(3, 4.2);
  const wall = roadHalfWidth + pavementWidth;
  const sunSide = random() < 0.5 ? -1 : 1;

  const buildings: Building[] = [closingBuilding(between(5, 10), newSeed())];
  const trees: Tree[] = [];
  const lamps: Vector[] = [];
  for (const side of [-1, 1]) {
    for (let z = between(-6, 2); z < streetLength; ) {
      const length = between(7, 15);
      const front = side * (wall + between(0, 1.2));
      const top = between(4.5, 11);
      const hull = box([Math.min(front, side * 40), 0, z], [Math.max(front, side * 40), top, z + length]);
      buildings.push({ hull, top, seed: newSeed(), windowPitch: between(1.7, 2.6) });
      z += length;
    }
    for (let z = between(7, 14); z < 34; z += between(8, 15)) {
      trees.push(drawTree([side * (roadHalfWidth + between(0.9, 1.5)), 0, z], between, newSeed()));
    }
    for (let z = between(3, 9); z < 44; z += 10) lamps.push([side * (roadHalfWidth + 0.2), 5.2, z]);
  }

  // One car at least is near, or the class would all but vanish from some scenes.
  const cars: Car[] = [];
  const near = random() < 0.5 ? -1 : 1;
  for (const side of [-1, 1]) {
    for (let z = side === near ? between(6.5, 9) : between(8, 16); z < 32; z += between(7, 16)) {
      cars.push(drawCar([side * roadHalfWidth * between(0.48, 0.62), 0, z], side < 0, between, newSeed()));
    }
  }

  return {
    seed,
    cameraX: between(-0.6, 0.6),
    cameraHeight: between(2.3, 3),
    focal: between(0.85, 1),
    vanishing: { x: between(0.55, 0.95), y: between(0.36, 0.48) },
    roadHalfWidth,
    sun: normalize([sunSide * between(0.3, 0.7), between(0.8, 1.2), between(-0.8, -0.2)]),
    moon: normalize([between(-0.25, 0.25), between(0.2, 0.36), 1]),
    buildings,
    trees,
    cars,
    lamps,
  };
}

function closingBuilding(top: number, seed: number): Building {
  const hull = box([-60, 0, streetLength], [60, top, streetLength + 10]);
  return { hull, top, seed, windowPitch: 2.2 };
}

type Between = (low: number, high: number) => number;

/** A trunk and a crown of four overlapping balls. */
function drawTree(at: Vector, between: Between, seed: number): Tree {
  const [x, , z] = at;
  const radius = between(1.2, 1.75);
  const middle = between(3, 3.8);
  const half = between(0.16, 0.26);
  const crown: Sphere[] = [{ centre: [x, middle, z], radius }];
  for (const [dx, dy] of [
    [-0.55, -0.2],
    [0.5, -0.1],
    [0.05, 0.6],
  ] as const) {
    const centre: Vector = [
      x + radius * dx,
      middle + radius * (dy + between(-0.15, 0.15)),
      z + between(-0.4, 0.4),
    ];
    crown.push({ centre, radius: radius * between(0.6, 0.8) });
  }
  return { trunk: box([x - half, 0, z - half], [x + half, middle, z + half]), crown, seed };
}

function drawCar(at: Vector, oncoming: boolean, between: Between, seed: number): Car {
  const width = between(1.8, 2.1);
  const length = between(3.8, 4.8);
  const shoulder = between(0.85, 1.05);
  // A van now and then: taller, and the cabin nearly as long as the body.
  const height = between(0, 1) < 0.25 ? between(1.9, 2.3) : between(1.45, 1.7);
  const [x, , z] = at;
  const body = box([x - width / 2, 0, z - length / 2], [x + width / 2, shoulder, z + length / 2]);
  return {
    body,
    cabin: carCabin(at, width, length, shoulder, height),
    at,
    width,
    length,
    shoulder,
    height,
    oncoming,
    seed,
  };
}
