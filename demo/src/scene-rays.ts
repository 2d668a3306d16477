/** What a ray meets in a street. */

import { type Bounds, type Entry, enterHull, type Hull, missesBounds } from "./hull.ts";
import type { Building, Car, Sphere, Street, Tree } from "./scene-layout.ts";
import { add, scale, subtract, type Vector } from "./vector.ts";

export interface Surface {
  readonly distance: number;
  readonly point: Vector;
  /** Unit length, towards the outside. */
  readonly normal: Vector;
}

type Thing =
  | { readonly kind: "building"; readonly building: Building }
  | { readonly kind: "tree"; readonly tree: Tree; readonly part: "trunk" | "crown" }
  | { readonly kind: "car"; readonly car: Car; readonly part: "body" | "cabin" };

export type Hit =
  | { readonly kind: "sky" }
  | ({ readonly kind: "road" | "pavement" } & Surface)
  | (Thing & Surface);

/** The nearest surface along `origin + t·direction`, `direction` of unit length. */
export type RayCaster = (origin: Vector, direction: Vector) => Hit;

export function rayCaster(street: Street): RayCaster {
  const groups = groupsOf(street);
  return (origin, direction) => {
    let limit = direction[1] < 0 ? -origin[1] / direction[1] : Number.MAX_VALUE;
    let thing: Thing | undefined;
    let entry: Entry | undefined;
    for (const group of groups) {
      if (missesBounds(group, origin, direction, limit)) continue;
      for (const solid of group.solids) {
        const closer = enter(solid.shape, origin, direction, limit);
        if (closer === undefined) continue;
        limit = closer.distance;
        entry = closer;
        thing = solid.thing;
      }
    }
    const point = add(origin, scale(direction, limit));
    if (thing !== undefined && entry !== undefined) return { ...thing, ...entry, point };
    if (direction[1] >= 0) return { kind: "sky" };
    const kind = Math.abs(point[0]) < street.roadHalfWidth ? "road" : "pavement";
    return { kind, distance: limit, point, normal: [0, 1, 0] };
  };
}

interface Solid {
  readonly shape: Hull | Sphere;
  readonly thing: Thing;
}

interface Group extends Bounds {
  readonly solids: readonly Solid[];
}

function groupsOf(street: Street): readonly Group[] {
  const groups: Group[] = [];
  for (const building of street.buildings) {
    const { low, high } = building.hull;
    groups.push({ low, high, solids: [{ shape: building.hull, thing: { kind: "building", building } }] });
  }
  for (const car of street.cars) {
    const [x, , z] = car.body.high;
    const solids: readonly Solid[] = [
      { shape: car.body, thing: { kind: "car", car, part: "body" } },
      { shape: car.cabin, thing: { kind: "car", car, part: "cabin" } },
    ];
    groups.push({ low: car.body.low, high: [x, car.height, z], solids });
  }
  for (const tree of street.trees) {
    let { low, high } = tree.trunk;
    const solids: Solid[] = [{ shape: tree.trunk, thing: { kind: "tree", tree, part: "trunk" } }];
    for (const ball of tree.crown) {
      const reach: Vector = [ball.radius, ball.radius, ball.radius];
      low = lowest(low, subtract(ball.centre, reach));
      high = highest(high, add(ball.centre, reach));
      solids.push({ shape: ball, thing: { kind: "tree", tree, part: "crown" } });
    }
    groups.push({ low, high, solids });
  }
  return groups;
}

function lowest(a: Vector, b: Vector): Vector {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])];
}

function highest(a: Vector, b: Vector): Vector {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])];
}

function enter(shape: Hull | Sphere, origin: Vector, direction: Vector, limit: number): Entry | undefined {
  return "faces" in shape
    ? enterHull(shape, origin, direction, limit)
    : enterSphere(shape, origin, direction, limit);
}

function enterSphere(ball: Sphere, origin: Vector, direction: Vector, limit: number): Entry | undefined {
  const x = ball.centre[0] - origin[0];
  const y = ball.centre[1] - origin[1];
  const z = ball.centre[2] - origin[2];
  const along = x * direction[0] + y * direction[1] + z * direction[2];
  const inside = along * along - (x * x + y * y + z * z) + ball.radius * ball.radius;
  if (inside <= 0) return undefined;
  const distance = along - Math.sqrt(inside);
  if (distance <= 0 || distance >= limit) return undefined;
  const outward = subtract(add(origin, scale(direction, distance)), ball.centre);
  return { distance, normal: scale(outward, 1 / ball.radius) };
}
