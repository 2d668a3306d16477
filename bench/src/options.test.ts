import { expect, test } from "vitest";
import { parseOptions } from "./options.ts";

test("everything by default, on one and two threads", () => {
  const { chosen, threads, peers, rounds } = parseOptions([]);
  expect([threads, peers, rounds]).toEqual([[1, 2], ["pixelgrad", "torch", "tfjs", "ort"], 9]);
  expect([...chosen]).toEqual(expect.arrayContaining(["bce", "lovasz", "dispatch", "in-place"]));
});

test("scaling stands for its rows; threads are sorted and told once", () => {
  const { chosen, threads } = parseOptions(["--rows", "ce,scaling", "--threads", "4,1,4"]);
  expect(threads).toEqual([1, 4]);
  expect([...chosen].filter((id) => !id.startsWith("scaling-"))).toEqual(["ce"]);
  expect(chosen.size).toBeGreaterThan(1);
});

test.for([
  [["--rows", "bec"], "--rows takes bce, focal"],
  [["--peers", "jax"], "--peers takes pixelgrad, torch, tfjs, ort; got jax."],
  [["--threads", "0"], "--threads takes whole numbers from 1 on, got 0."],
  [["--rounds", "many"], "--rounds takes whole numbers from 1 on, got many."],
] as const)("%s is refused", ([args, message]) => {
  expect(() => parseOptions(args)).toThrow(message);
});
