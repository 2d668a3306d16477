/** Units of fields have the same bits however their lines are cut, in whatever order bands run, on whatever memory. */
import { describe, expect, test } from "vitest";
import { type Bands, Workspace } from "./bands.ts";
import type { FieldUnit } from "./field.ts";
import { fillUnit, measureUnit } from "./field-units.ts";
import { boundary } from "./losses/boundary.ts";
import { clDice } from "./losses/cl-dice.ts";
import { diceClDice } from "./losses/dice-cl-dice.ts";
import { hausdorffDt } from "./losses/hausdorff-dt.ts";
import { hausdorffErosion } from "./losses/hausdorff-erosion.ts";
import { elementCount } from "./tensor.ts";
import type { Term } from "./term.ts";
import { seededRandom } from "./testing/random.ts";

/** Bands of a few lines each, in a random order, over memory of what the term says it takes. */
class ShuffledBands implements Bands {
  readonly #random: (() => number) | undefined;
  readonly #workspace: Workspace;

  /** @param random - absent for a thread that comes when others have run all bands. */
  constructor(workspace: Workspace, random?: () => number) {
    this.#random = random;
    this.#workspace = workspace;
  }

  each(lines: number, _length: number, body: (from: number, to: number) => void): void {
    const random = this.#random;
    if (random === undefined) return;
    const bands: [number, number][] = [];
    for (let from = 0; from < lines; ) {
      const to = Math.min(lines, from + 1 + Math.floor(3 * random()));
      bands.splice(Math.floor(random() * (bands.length + 1)), 0, [from, to]);
      from = to;
    }
    for (const [from, to] of bands) body(from, to);
  }

  doubles(length: number): Float64Array {
    const taken = this.#workspace.doubles(length);
    if (taken === undefined) throw new Error(`the term did not say that it takes ${length} numbers more`);
    return taken;
  }

  nested(): Bands {
    return new ShuffledBands(this.#workspace.nested(), this.#random);
  }
}

const weighted = [false, true];
const grids = [[23], [9, 14], [1, 12], [12, 1], [5, 4, 7]];
const losses = [
  ["boundary", boundary()],
  ["hausdorff-dt", hausdorffDt()],
  ["hausdorff-dt, alpha 1.5", hausdorffDt({ alpha: 1.5 })],
  ["hausdorff-erosion", hausdorffErosion({ erosions: 4 })],
  ["cl-dice", clDice()],
  ["dice-cl-dice", diceClDice({ iterations: 5 })],
] as const;

function unitOf(spatial: readonly number[], random: () => number, hasWeights: boolean): FieldUnit {
  const pixels = { length: elementCount(spatial) };
  const target = Float64Array.from(pixels, () => (random() < 0.6 ? 1 : 0));
  return {
    values: Float64Array.from(pixels, random),
    target: hasWeights ? target.map((t) => (random() < 0.1 ? Number.NaN : t)) : target,
    ...(hasWeights && { weights: Float64Array.from(pixels, () => (random() < 0.1 ? 0 : random())) }),
    row: 0,
    images: 1,
    spatial,
  };
}

/** The sums of both maps and what they leave in the field; `bandsOf` makes the bands of each. */
function run(term: Term, unit: FieldUnit, values: Float64Array, bandsOf?: () => Bands) {
  const own = { ...unit, values };
  const first = measureUnit(term, own, undefined, bandsOf?.());
  const measured = values.slice();
  const [coefficients] = term.finish([first], 1.5);
  if (term.field?.fill) fillUnit(term, own, coefficients, undefined, bandsOf?.());
  return { first, measured, filled: values.slice() };
}

describe.each(losses)("%s", (_name, loss) => {
  const { term } = loss.plan(1).terms[0];

  test.each(grids.flatMap((grid) => weighted.map((has) => [grid, has] as const)))(
    "on a grid of %j, weights %s",
    (spatial, hasWeights) => {
      const random = seededRandom(5);
      const unit = unitOf(spatial, random, hasWeights);
      const whole = run(term, unit, unit.values.slice());
      const length = term.field?.workspace?.(spatial, 0) ?? 0;
      for (let round = 0; round < 4; round++) {
        // What is left over in memory must not matter.
        const memory = new Float64Array(length).fill(round % 2 === 0 ? Number.NaN : random());
        const bands = () => new ShuffledBands(new Workspace(memory), random);
        expect(run(term, unit, unit.values.slice(), bands)).toEqual(whole);
      }
    },
  );

  test("a thread that comes late reads the same sums, and changes nothing", () => {
    const random = seededRandom(6);
    const unit = unitOf([9, 14], random, true);
    const memory = new Float64Array(term.field?.workspace?.([9, 14], 0) ?? 0);
    const sums = measureUnit(term, unit, undefined, new ShuffledBands(new Workspace(memory), random));
    const values = unit.values.slice();
    const left = memory.slice();
    const late = new ShuffledBands(new Workspace(memory));
    expect(measureUnit(term, unit, undefined, late)).toEqual(sums);
    expect(unit.values).toEqual(values);
    expect(memory).toEqual(left);
  });
});
