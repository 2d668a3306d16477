import { expect, test } from "vitest";
import { countVarints, readVarints32, readVarints64 } from "./packed-numbers.ts";

function varints(values: readonly bigint[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}

const edges = Array.from({ length: 64 }, (_, i) => 2n ** BigInt(i))
  .flatMap((power) => [power - 1n, power, power + 1n, -power])
  .map((value) => BigInt.asIntN(64, value));

test("varints of 64 bits come back at every power of two, of either sign", () => {
  const bytes = varints(edges);
  expect(countVarints(bytes)).toBe(edges.length);
  expect([...readVarints64(bytes, edges.length)]).toEqual(edges);
});

test("varints of 32 bits keep the low 32 bits", () => {
  const expected = edges.map((value) => Number(BigInt.asIntN(32, value)));
  expect([...readVarints32(varints(edges), edges.length)]).toEqual(expected);
});

test("varints that are cut short, or longer than ten bytes, are not counted", () => {
  expect(countVarints(Uint8Array.of(1, 0x80))).toBeUndefined();
  expect(countVarints(new Uint8Array(11).fill(0x80))).toBeUndefined();
  expect(countVarints(new Uint8Array(0))).toBe(0);
});
