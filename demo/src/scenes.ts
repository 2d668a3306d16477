/** Small street scenes with their true class for every pixel, drawn from a seed: the demo's data. */

import { drawStreet, type Street } from "./scene-layout.ts";
import { type Domain, shader } from "./scene-light.ts";
import { type Hit, rayCaster } from "./scene-rays.ts";
import { develop } from "./scene-sensor.ts";
import { normalize, type Vector } from "./vector.ts";

export type { Domain } from "./scene-light.ts";

/** Class names; the index is the class id in a mask. */
export const sceneClasses = ["sky", "building", "road", "pavement", "tree", "car"] as const;

/** A colour for each class, for masks that people look at. */
export const scenePalette: readonly (readonly [red: number, green: number, blue: number])[] = [
  [70, 130, 200],
  [150, 84, 66],
  [110, 80, 140],
  [235, 150, 200],
  [80, 150, 40],
  [240, 190, 40],
];

export const sceneWidth = 96;
export const sceneHeight = 64;

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`. */
  readonly rgb: Uint8Array;
  /** `[height, width]`, ids of `sceneClasses`. */
  readonly mask: Uint8Array;
}

/** Rays per pixel and direction; more only soften edges. */
const raysPerSide = 2;

/** The scene of a seed: the same bytes on every machine, the same mask by day and by night. */
export function renderScene(seed: number, domain: Domain): Scene {
  const street = drawStreet(seed);
  const cast = rayCaster(street);
  const shade = shader(street, domain);
  const eye: Vector = [street.cameraX, street.cameraHeight, 0];
  const light = new Float64Array(sceneWidth * sceneHeight * 3);
  const mask = new Uint8Array(sceneWidth * sceneHeight);
  const votes = new Uint8Array(sceneClasses.length);

  for (let pixel = 0; pixel < mask.length; pixel++) {
    const column = pixel % sceneWidth;
    const row = (pixel - column) / sceneWidth;
    votes.fill(0);
    for (let ray = 0; ray < raysPerSide * raysPerSide; ray++) {
      const x = column + ((ray % raysPerSide) + 0.5) / raysPerSide;
      const y = row + (Math.floor(ray / raysPerSide) + 0.5) / raysPerSide;
      const direction = viewDirection(street, x, y);
      const hit = cast(eye, direction);
      const seen = shade(hit, direction);
      for (let c = 0; c < 3; c++) light[3 * pixel + c]! += seen[c]! / (raysPerSide * raysPerSide);
      votes[classOf(hit)]!++;
    }
    mask[pixel] = votes.indexOf(Math.max(...votes));
  }
  const rgb = develop(light, sceneWidth, sceneHeight, domain, seed);
  return { width: sceneWidth, height: sceneHeight, rgb, mask };
}

function viewDirection({ focal, vanishing }: Street, x: number, y: number): Vector {
  return normalize([(x / sceneHeight - vanishing.x) / focal, (vanishing.y - y / sceneHeight) / focal, 1]);
}

function classOf(hit: Hit): number {
  return sceneClasses.indexOf(hit.kind);
}
