import { describe, expect, test } from "vitest";
import { AdamW, Sgd } from "./optimizer.ts";

describe("AdamW", () => {
  test("moves by the learning rate in the first step, after decay, within float32", () => {
    // Bias correction makes m / sqrt(v) = sign(g): 1 (1 - 0.1 * 0.5) - 0.1 * 3 / (3 + 1e-8) = 0.85
    const values = Float32Array.of(1, -2);
    new AdamW(new Map([["w", values]]), { weightDecay: 0.5 }).step(0.1, new Map([["w", [3, -7]]]));
    expect(values[0]).toBeCloseTo(0.85, 6);
    expect(values[1]).toBeCloseTo(-2 * 0.95 + 0.1, 6);
  });

  test("does not move a weight without gradient or decay", () => {
    const values = Float32Array.of(4);
    const optimizer = new AdamW(new Map([["w", values]]), { weightDecay: 0 });
    for (let i = 0; i < 3; i++) optimizer.step(0.1, new Map([["w", [0]]]));
    expect(values[0]).toBe(4);
  });
});

describe("Sgd", () => {
  test("accumulates momentum: steps of lr, then lr (1 + momentum)", () => {
    // v = 1, then 0.5 + 1 = 1.5: 0 - 0.1 - 0.15 = -0.25
    const values = Float32Array.of(0);
    const optimizer = new Sgd(new Map([["w", values]]), { weightDecay: 0, momentum: 0.5 });
    for (let i = 0; i < 2; i++) optimizer.step(0.1, new Map([["w", [1]]]));
    expect(values[0]).toBeCloseTo(-0.25, 6);
  });
});
