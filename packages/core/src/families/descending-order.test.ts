import { expect, test } from "vitest";
import { seededRandom } from "../testing/random.ts";
import { descendingOrder } from "./descending-order.ts";

function everyIndex(length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i);
}

test("descends as a stable sort does, on numbers of all sizes and signs with many ties", () => {
  const random = seededRandom(1);
  for (const length of [0, 1, 2, 3, 257, 1000]) {
    const values = Float64Array.from({ length }, () => {
      const number = (random() - 0.5) * 10 ** Math.floor(40 * random() - 20);
      return random() < 0.5 ? Math.round(4 * random()) - 2 : number;
    });
    const expected = [...everyIndex(length)].sort((a, b) => values[b] - values[a]);
    expect([...descendingOrder(values, everyIndex(length))]).toEqual(expected);
  }
});

test("puts infinity first and its negative last, NaN of either sign before all, and the zeros together", () => {
  const values = Float64Array.of(
    0,
    Number.NEGATIVE_INFINITY,
    -0,
    1,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    -Number.NaN,
    0,
  );
  expect([...descendingOrder(values, everyIndex(8))]).toEqual([5, 6, 4, 3, 0, 2, 7, 1]);
});

test("sorts the members alone, ties in their order", () => {
  expect([...descendingOrder(Float64Array.of(5, 1, 2, 2, 9), Uint32Array.of(3, 1, 2))]).toEqual([3, 2, 1]);
});
