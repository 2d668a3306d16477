/** The kernels that take the logits of few classes as they lie, on long tiles. */
import { closeCall, LossEngine, mapsOf, openCall, parseLoss } from "@pixelgrad/core";
import { describe, expect, test } from "vitest";
import { LONG_TILE } from "../src/engine/scratch.ts";
import { FEW_CLASSES } from "../src/few-classes.ts";
import { expectParity } from "./parity-bounds.ts";
import { labelProblem } from "./problems.ts";

const BOUNDS = { naturalScale: 1 };
const EXPRESSIONS = [
  "cross-entropy",
  "dice",
  "cross-entropy + dice",
  "2*dice(preset=smp) + 0.5*cross-entropy",
];

describe.each(EXPRESSIONS)("%s", (expression) => {
  const loss = parseLoss(expression);

  test.each([
    [2, LONG_TILE - 1],
    [2, LONG_TILE],
    [2, LONG_TILE + 9],
    [21, LONG_TILE + 256],
    [FEW_CLASSES, 1031],
    [FEW_CLASSES + 1, 1031],
  ])("of %i classes and %i pixels is within 1e-6 in value, 2e-6 in gradient", (classes, pixels) => {
    for (const temper of ["mild", "confident", "right"] as const) {
      expectParity(loss, labelProblem(classes, [1, classes, pixels], temper), temper, BOUNDS);
    }
  });

  test("of ignored pixels is within the same bounds, also where all are", () => {
    const ignoring = parseLoss(
      expression.replaceAll(/(cross-entropy|dice)(\()?/g, (_, name, open) =>
        open ? `${name}(ignoreIndex=255, ` : `${name}(ignoreIndex=255)`,
      ),
    );
    const problem = labelProblem(3, [1, 5, 700], "mild", [255]);
    expectParity(ignoring, problem, "some ignored", BOUNDS);
    const none = { ...problem.target, data: new Int32Array(700).fill(255) };
    expectParity(ignoring, { ...problem, target: none }, "all ignored", BOUNDS);
  });

  test("of labels that float32 gives no probability at all is within the same bounds", () => {
    const problem = labelProblem(4, [1, 3, 300], "mild");
    const labels = problem.target.data;
    for (let i = 0; i < 300; i += 7) {
      for (let c = 0; c < 3; c++) problem.logits.data[c * 300 + i] = c === Number(labels[i]) ? -150 : c;
    }
    expectParity(loss, problem, "p below 1e-60", BOUNDS);
  });

  test("of finite logits whose sum is infinite is within the same bounds", () => {
    const problem = labelProblem(5, [1, 3, 64], "mild");
    for (let i = 0; i < 64; i++) for (let c = 0; c < 3; c++) problem.logits.data[c * 64 + i] = 3e38;
    expectParity(loss, problem, "logits of 3e38", BOUNDS);
  });

  test.each([
    [0, 0],
    [1, 300],
    [2, LONG_TILE - 1],
    [1, LONG_TILE + 70],
  ])(
    "names a NaN of class %i at pixel %i, and an infinity, also where the gradient takes its place",
    (c, i) => {
      const pixels = LONG_TILE + 80;
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const { logits, target } = labelProblem(6, [1, 3, pixels], "mild");
        logits.data[c * pixels + i] = bad;
        const place = new RegExp(`${bad} at \\[0,${c},${i}\\]`);
        expect(() => loss.value(logits, target)).toThrow(place);
        expect(() => loss.valueAndGrad(logits, target)).toThrow(place);

        const engine = new LossEngine();
        const inside = engine.arena.floats(engine.arena.allocate(logits.data.length * 4), logits.data.length);
        inside.set(logits.data);
        const call = openCall(loss.plan, { data: inside, dims: logits.dims }, target, true, { out: inside });
        expect(() => closeCall(call, mapsOf(call, engine))).toThrow(place);
      }
    },
  );

  test("needs a tile for every 4096 pixels of few classes, whichever maps it has", () => {
    const engine = new LossEngine();
    const { logits, target } = labelProblem(7, [1, 3, 4 * LONG_TILE], "mild");
    const [x, out] = [0, 1].map(() =>
      engine.arena.floats(engine.arena.allocate(logits.data.length * 4), logits.data.length),
    );
    x!.set(logits.data);
    const call = openCall(loss.plan, { data: x!, dims: logits.dims }, target, true, { out: out! });
    closeCall(call, mapsOf(call, engine));
    expect(engine.tiles).toBe(8);
  });
});

test.each([
  "cross-entropy(ignoreIndex=255) + dice(ignoreIndex=1)",
  "cross-entropy(ignoreIndex=[1, 255]) + dice(ignoreIndex=255)",
  "dice(outOfRange=ignore) + cross-entropy(ignoreIndex=255)",
])("%s, which count other pixels, is within the same bounds", (expression) => {
  expectParity(parseLoss(expression), labelProblem(8, [2, 4, 900], "mild"), expression, BOUNDS);
});
