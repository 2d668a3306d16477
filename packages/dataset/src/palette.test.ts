import { describe, expect, test } from "vitest";
import { defaultPalette } from "./palette.ts";

describe("defaultPalette", () => {
  test("is the PASCAL VOC colour map", () => {
    // From VOCdevkit's VOClabelcolormap: background, aeroplane, bicycle, bird, …, person (15), tv (20).
    const palette = defaultPalette(21);
    expect(palette.slice(0, 4)).toEqual([
      [0, 0, 0],
      [128, 0, 0],
      [0, 128, 0],
      [128, 128, 0],
    ]);
    expect([palette[15], palette[20]]).toEqual([
      [192, 128, 128],
      [0, 64, 128],
    ]);
    expect(defaultPalette(256)[255]).toEqual([224, 224, 192]);
  });

  test("gives 256 different colours", () => {
    expect(new Set(defaultPalette(256).map(String)).size).toBe(256);
  });
});
