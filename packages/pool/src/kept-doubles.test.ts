import { expect, test } from "vitest";
import { KeptDoubles } from "./kept-doubles.ts";

test("a name keeps its buffer while that is large enough, and at least doubles it where it is not", () => {
  const kept = new KeptDoubles();
  const first = kept.take("a", 100);
  first[99] = 7;
  expect(kept.take("a", 100)).toEqual(first);
  expect(kept.take("a", 60)).toHaveLength(60);
  expect(kept.take("a", 60).buffer).toBe(first.buffer);
  expect(kept.take("b", 100).buffer).not.toBe(first.buffer);
  const second = kept.take("a", 101);
  expect(second).toHaveLength(101);
  expect(second.buffer.byteLength).toBe(1600);
  expect(kept.take("a", 0)).toHaveLength(0);
});
