import { describe, expect, test } from "vitest";
import { renderScene, sceneClasses, scenePalette } from "./scenes.ts";

const seeds = Array.from({ length: 16 }, (_, i) => i + 1);

/** Share of the pixels of each class, in [0, 1]. */
function shares(mask: Uint8Array): number[] {
  return sceneClasses.map((_, id) => mask.filter((label) => label === id).length / mask.length);
}

describe("a scene", () => {
  test("is 96 by 64 pixels, three bytes of colour and one label each", () => {
    const { width, height, rgb, mask } = renderScene(1, "day");
    expect([width, height]).toEqual([96, 64]);
    expect(rgb).toHaveLength(96 * 64 * 3);
    expect(mask).toHaveLength(96 * 64);
  });

  test.each(["day", "night"] as const)("has the same bytes whenever its seed is drawn, by %s", (domain) => {
    expect(renderScene(7, domain)).toEqual(renderScene(7, domain));
  });

  test("keeps its bytes from one version to the next, or the bundled model no longer fits them", () => {
    expect([
      checksum(renderScene(7, "day").rgb),
      checksum(renderScene(7, "night").rgb),
    ]).toMatchInlineSnapshot(`
      [
        "f88b42d",
        "508d7f9",
      ]
    `);
  });

  test("differs from the scene of the next seed", () => {
    expect(renderScene(1, "day").mask).not.toEqual(renderScene(2, "day").mask);
  });

  test("has one mask by day and by night, and two pictures", () => {
    const day = renderScene(3, "day");
    const night = renderScene(3, "night");
    expect(night.mask).toEqual(day.mask);
    expect(night.rgb).not.toEqual(day.rgb);
  });

  test("is darker by night than by day, in the mean over its bytes", () => {
    const mean = (values: Uint8Array): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const seed of seeds.slice(0, 4)) {
      expect(mean(renderScene(seed, "night").rgb)).toBeLessThan(mean(renderScene(seed, "day").rgb));
    }
  });
});

describe("the classes", () => {
  test("have a colour each", () => {
    expect(new Set(scenePalette.map(String)).size).toBe(sceneClasses.length);
  });

  test("each cover at least 4 % and at most 50 % of every scene, and 8 % to 35 % of 16 scenes together", () => {
    const all = seeds.map((seed) => shares(renderScene(seed, "day").mask));
    for (const scene of all) {
      expect(Math.min(...scene)).toBeGreaterThan(0.04);
      expect(Math.max(...scene)).toBeLessThan(0.5);
    }
    for (const id of sceneClasses.keys()) {
      const mean = all.reduce((sum, scene) => sum + scene[id]!, 0) / all.length;
      expect(mean).toBeGreaterThan(0.08);
      expect(mean).toBeLessThan(0.35);
    }
  });
});

/** FNV-1a. */
function checksum(bytes: Uint8Array): string {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5).toString(16);
}
