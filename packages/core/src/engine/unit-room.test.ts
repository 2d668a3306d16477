import { describe, expect, test } from "vitest";
import { hardPixelKernel } from "../families/hard-pixel-kernel.ts";
import { lovaszPacked } from "../families/lovasz-kernel.ts";
import type { PackedField } from "../field.ts";
import { seededRandom } from "../testing/random.ts";
import { relativeError } from "../testing/relative-error.ts";
import { Arena } from "./arena.ts";
import { instantiateKernels } from "./kernels.ts";
import { UnitRoom } from "./unit-room.ts";

const NONE = new Float64Array(0);
const arena = new Arena();
const kernels = instantiateKernels(arena.memory);
const room = new UnitRoom(arena, kernels);
const noRoom = new UnitRoom(arena, kernels, 0);

/** What a unit is filled with, and its part of the value. */
function fill(packed: PackedField, numbers: Float64Array, where: UnitRoom, target: Float64Array = NONE) {
  const values = numbers.slice();
  const sums = new Float64Array(1);
  const unit = { values, target, packed: true, row: 0, images: 1, spatial: [values.length] };
  packed.fill(unit, Float64Array.of(0.25), sums, where);
  return { value: sums[0], values };
}

function expectSame(packed: PackedField, numbers: Float64Array, target?: Float64Array): void {
  const inRoom = fill(packed, numbers, room, target);
  const without = fill(packed, numbers, noRoom, target);
  expect(Math.abs(inRoom.value - without.value)).toBeLessThanOrEqual(1e-14 * Math.abs(without.value));
  expect(relativeError(inRoom.values, without.values)).toBeLessThanOrEqual(1e-14);
}

describe("a unit of Lovász errors in wasm is, within 1e-14, what it is where there is no room for it", () => {
  const lovasz = lovaszPacked(false, (target) => (target === 1 ? -1 : 1));
  const makers: Record<string, (random: () => number) => number> = {
    "all different": (random) => random(),
    "all equal": () => 0.5,
    "few different": (random) => Math.ceil(4 * random()) / 4,
    "equal in the upper halves of their bits": (random) => 0.5 + 1e-7 * random(),
    "equal in the upper halves, in short runs": (random) => 0.5 + 1e-4 * random(),
    "of every size": (random) => 2 ** (100 * random() - 90),
    "as close to the largest as can be": (random) => 1 - 2 ** (-54 * random()),
    zeros: () => 0,
  };
  test.each(Object.entries(makers))("%s", (_, errorOf) => {
    const random = seededRandom(3);
    for (const share of [0, 0.3, 1]) {
      for (const length of [0, 1, 2, 1000]) {
        const errors = Float64Array.from({ length }, () => {
          if (random() < 0.1) return Number.NaN;
          return random() < share ? -errorOf(random) : errorOf(random);
        });
        expectSame(lovasz, errors);
      }
    }
  });
});

describe("a unit that the memory has no room for", () => {
  const full = new Arena();
  full.allocateToKeep(full.left);
  const crowded = new UnitRoom(full, instantiateKernels(full.memory));
  const random = seededRandom(9);
  const numbers = Float64Array.from({ length: 5000 }, () => 2 * random() - 1);

  test("runs elsewhere on the same kernels: the same bits", () => {
    const hardest = hardPixelKernel({
      base: "cross-entropy",
      classWeights: [1],
      rankedBy: "weighted-loss",
      among: "valid",
      keep: ({ length }) => length >> 1,
    });
    for (const packed of [lovaszPacked(false, () => 1, "any"), hardest.packed]) {
      const expected = fill(packed, numbers, room);
      for (let call = 0; call < 2; call++) {
        expect(fill(packed, numbers, crowded)).toEqual(expected);
      }
    }
    expect(full.left).toBe(0);
  });

  test("has its field elsewhere", () => {
    expect(crowded.field(0, 8)).toBeUndefined();
    expect(room.field(0, 8)).toHaveLength(8);
  });
});

test("of probabilities whose errors are of every size, 1e-7 of the value and of the slopes times e (1 - e) are left out", () => {
  const slopeOf = (target: number) => (target === 1 ? -1 : 1);
  const random = seededRandom(4);
  for (const least of [-20, -60, -200]) {
    for (const share of [0.01, 0.5, 0.99]) {
      const errors = Float64Array.from({ length: 5000 }, () => {
        const error = 2 ** (least * random());
        return random() < share ? -error : error;
      });
      const exact = fill(lovaszPacked(false, slopeOf, "any"), errors, room);
      const left = fill(lovaszPacked(false, slopeOf, "probabilities"), errors, room);
      const ofLogits = (slopes: Float64Array) =>
        slopes.map((d, i) => d * errors[i] * (1 - Math.abs(errors[i])));
      expect(relativeError([left.value], [exact.value])).toBeLessThan(1e-7);
      expect(relativeError(ofLogits(left.values), ofLogits(exact.values))).toBeLessThan(1e-7);
    }
  }
});

test("of probabilities that are right but for one, the tiny errors are not left out", () => {
  const errors = new Float64Array(100_000).fill(-1e-9);
  errors[7] = -0.5;
  const { value } = fill(
    lovaszPacked(false, () => 1, "probabilities"),
    errors,
    room,
  );
  expect(relativeError([value], [(0.5 + 1e-9 * (errors.length - 1)) / errors.length])).toBeLessThan(1e-12);
});

describe("a unit of losses in wasm is, within 1e-14, what it is where there is no room for it", () => {
  const rule = { base: "cross-entropy", classWeights: [1, 1, 1] } as const;
  const keepers = {
    none: () => 0,
    one: ({ length }: { length: number }) => Math.min(1, length),
    half: ({ length }: { length: number }) => length >> 1,
    all: ({ length }: { length: number }) => length,
  };
  test.each(Object.entries(keepers))("keeping %s", (_, keep) => {
    const random = seededRandom(5);
    for (const rankedBy of ["weighted-loss", "log-probability"] as const) {
      for (const classWeights of [
        [1, 1, 1],
        [0.5, 2, 0],
      ]) {
        const { packed } = hardPixelKernel({ ...rule, rankedBy, classWeights, among: "valid", keep });
        const target = Float64Array.from({ length: 999 }, () =>
          random() < 0.1 ? Number.NaN : Math.floor(3 * random()),
        );
        const losses = target.map((t) => (Number.isNaN(t) ? t : Math.ceil(300 * random()) / 50));
        expectSame(packed, losses, target);
      }
    }
  });

  test("looks at what rules ask for: a number behind the largest, and how many are above a bound", () => {
    const losses = Float64Array.of(3, Number.NaN, 0, 7, 3, 1e9, 0.25);
    const seen: number[] = [];
    room.keepHardest(
      losses,
      ({ length, after, above }) => {
        seen.push(length, after(0), after(2), after(5), after(6), above(3), above(-1), above(1e9));
        return 3;
      },
      (count) => 1 / count,
    );
    expect(seen).toEqual([6, 1e9, 3, 0, Number.NaN, 2, 6, 0]);
    const third = 1 / 3;
    // Of two that are equal, the first.
    expect(Array.from(losses)).toEqual([third, 0, 0, third, 0, third, 0]);
  });
});
