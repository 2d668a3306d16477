import { describe, expect, test } from "vitest";
import { type Area, Arena } from "./arena.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

describe("an arena of 4 GiB", () => {
  test("refuses what it has no room for, and gives the rest to the last page", () => {
    const arena = new Arena();
    arena.allocate(3 * GIB);
    const error = (() => {
      try {
        return arena.allocate(2 * GIB);
      } catch (error) {
        return error as Error;
      }
    })();
    expect(error).toMatchObject({ code: "MEMORY_EXHAUSTED", context: { asked: 2 * GIB } });
    const { left } = (error as unknown as { context: { left: number } }).context;
    expect((error as Error).message).toBe(
      `A call needs 2147483648 bytes more of the engine's memory, of whose 4 GiB ${left} are left: make a new pool, with ` +
        "fewer tensors in it, as ordinary and shared arrays are streamed.",
    );
    const address = arena.allocate(left);
    expect(address + left).toBe(4 * GIB - 64);
    arena.floats(address + left - 4, 1)[0] = 7;
    expect(() => arena.allocate(0)).toThrow("of whose 4 GiB 0 are left");
  });

  test("leaves 256 MiB to calls when it is full of what is kept", () => {
    const arena = new Arena();
    expect(arena.allocateToKeep(4 * GIB)).toBeUndefined();
    expect(arena.allocateToKeep(arena.left + 1)).toBeUndefined();
    expect(arena.allocateToKeep(arena.left)).toBeTypeOf("number");
    expect(arena.left).toBe(0);
    expect(arena.allocateToKeep(0)).toBeUndefined();
    expect(arena.allocate(256 * MIB - 64)).toBe(4 * GIB - 256 * MIB);
  });

  test("takes 2 MiB at most for an area that grows to 1 MiB byte by byte, or page by page", () => {
    for (const step of [4096, 65_536]) {
      const arena = new Arena();
      const before = arena.left;
      let area: Area | undefined;
      for (let bytes = step; bytes <= MIB; bytes += step) {
        area = arena.fit(area, bytes);
        expect(area.bytes).toBeGreaterThanOrEqual(bytes);
      }
      // Each area also has up to a page that its bytes do not fill.
      expect(before - arena.left).toBeLessThanOrEqual(2 * MIB + 10 * 65_536);
    }
  });
});
