/** The wasm memory: what lies where, and that it does not grow without need. */
import {
  closeCall,
  inlineEngine,
  type Loss,
  LossEngine,
  mapsOf,
  openCall,
  parseLoss,
  type Tensor,
} from "@pixelgrad/core";
import { relativeError } from "@pixelgrad/core/testing";
import { describe, expect, test } from "vitest";
import { instantiateKernels } from "../src/engine/kernels.ts";
import { denseProblem, labelProblem } from "./problems.ts";

/** A loss on an engine of its own, its arrays wherever the caller put them. */
function runOn(engine: LossEngine, loss: Loss, logits: Tensor, target: Tensor, out: Float32Array) {
  const call = openCall(loss.plan, logits, target, true, { out });
  return closeCall(call, mapsOf(call, engine));
}

describe("arrays in the memory of the engine", () => {
  test.each([
    ["cross-entropy(labelSmoothing=0.1) + dice", [2, 21, 1701]],
    // Whole vectors: kernels use the arrays where they are, and the softmax waits in the gradient's place.
    ["cross-entropy(labelSmoothing=0.1) + dice", [2, 21, 1704]],
    ["dice(accumulate=image)", [2, 5, 60000]],
    ["cross-entropy(classWeights=[1, 2, 3])", [2, 3, 8200]],
    ["lovasz-softmax + dice + cross-entropy", [1, 3, 1704]],
    ["binary-cross-entropy(posWeight=2) + focal + dice(activation=sigmoid)", [2, 3, 1704]],
    ["binary-cross-entropy", [1, 1, 9000]],
    ["binary-cross-entropy + focal", [2, 3, 1701]],
    ["dice", [1, 2, 5]],
    ["focal", [1, 1, 3]],
  ])("%s of %j has the same bits there as outside, also in place", (expression, dims) => {
    const loss = parseLoss(expression);
    const make = /binary|focal/.test(expression) ? denseProblem : labelProblem;
    const { logits, target } = make(1, dims, "mild");
    const expected = loss.valueAndGrad(logits, target);

    const engine = new LossEngine();
    const length = logits.data.length;
    const inside = engine.arena.floats(engine.arena.allocate(length * 4), length);
    inside.set(logits.data);
    expect(engine.arena.holds(inside)).toBe(true);
    expect(engine.arena.holds(logits.data)).toBe(false);

    const out = engine.arena.floats(engine.arena.allocate(length * 4), length);
    const there = runOn(engine, loss, { data: inside, dims }, target, out);
    expect(there).toEqual({ value: expected.value, counted: expected.counted, terms: expected.terms });
    expect(relativeError(out, expected.grad.data)).toBe(0);
    expect(relativeError(inside, logits.data)).toBe(0);

    runOn(engine, loss, { data: inside, dims }, target, inside);
    expect(relativeError(inside, expected.grad.data)).toBe(0);
  });

  test("two engines over one memory do not disturb each other", () => {
    const a = new LossEngine();
    const b = new LossEngine(a.arena.memory);
    const loss = parseLoss("cross-entropy + dice");
    const { logits, target } = labelProblem(2, [1, 5, 3001], "mild");
    const { value } = loss.valueAndGrad(logits, target);
    const out = new Float32Array(logits.data.length);
    for (const engine of [a, b, a]) expect(runOn(engine, loss, logits, target, out).value).toBe(value);
  });
});

describe("the memory", () => {
  test("does not grow when losses of different class counts take turns", () => {
    const problems = [2, 21, 150].map((classes) => labelProblem(3, [1, classes, 5], "mild"));
    const loss = parseLoss("cross-entropy + dice + lovasz-softmax + top-k");
    const round = () => {
      for (const { logits, target } of problems) loss.valueAndGrad(logits, target);
    };
    round();
    const { memory } = inlineEngine().arena;
    const before = memory.buffer.byteLength;
    for (let i = 0; i < 20; i++) round();
    expect(memory.buffer.byteLength).toBe(before);
  });

  test("takes twice what the largest call needs, at most, when images grow from call to call", () => {
    const loss = parseLoss("binary-cross-entropy + lovasz-hinge + dice");
    const call = (engine: LossEngine, length: number) => {
      const { logits, target } = denseProblem(3, [1, 1, length], "mild");
      runOn(engine, loss, logits, target, new Float32Array(length));
    };
    const taken = (lengths: readonly number[]) => {
      const engine = new LossEngine();
      for (const length of lengths) call(engine, length);
      return engine.arena.memory.buffer.byteLength;
    };
    const largest = 120_001;
    const growing = Array.from({ length: 60 }, (_, i) => largest - 2000 * (59 - i));
    // And a page, at most, for each time that one of a dozen areas has doubled.
    expect(taken(growing)).toBeLessThan(2 * taken([largest]) + 12 * 7 * 65_536);
  });

  test("holds the module's own data below 2 KiB, clear of the arena's header at 4 KiB", () => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
    instantiateKernels(memory);
    const last = new Uint8Array(memory.buffer).findLastIndex((byte) => byte !== 0);
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(2048);
  });
});
