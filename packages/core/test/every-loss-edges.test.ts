/** Every loss where its pixels no longer fit in one tile, or in one piece. */
import { cutPieces } from "@pixelgrad/core";
import { type LossCase, problemOf } from "@pixelgrad/core/testing";
import { expect, test } from "vitest";
import { tilePixels } from "../src/engine/scratch.ts";
import { firstCases } from "./named-cases.ts";
import { expectParity, naturalScale } from "./parity-bounds.ts";

/** The dims of at least `pixels` pixels, as many of them as the case has, all but the last as short. */
function longer({ spatial }: LossCase, pixels: number): readonly number[] {
  const before = spatial.slice(0, -1);
  return [...before, Math.ceil(pixels / before.reduce((count, d) => count * d, 1))];
}

test.each(firstCases)(
  "%s over the edge of a tile is within 1e-6 and 2e-6 of float64",
  (_, lossCase) => {
    const spatial = longer(lossCase, tilePixels(lossCase.classes) + 1);
    for (const temper of ["mild", "confident"] as const) {
      const problem = problemOf(lossCase, 6, temper, { images: 1, spatial });
      expectParity(problem.loss, problem, `${temper} ${spatial.join("x")}`, {
        naturalScale: naturalScale(problem.loss),
      });
    }
  },
  60_000,
);

/** One loss of each coupling: the pieces are the same for all of them. */
const couplings = ["labels", "sums", "gather"].flatMap((coupling) =>
  firstCases.filter(([, lossCase]) => problemOf(lossCase, 0).loss.coupling === coupling).slice(0, 1),
);

test.each(couplings)(
  "%s over the edge of a piece is within 1e-6 and 2e-6 of float64",
  (_, lossCase) => {
    const { classes } = lossCase;
    const [{ count }] = cutPieces(1, classes, 2 ** 24);
    const spatial = longer(lossCase, count + 1);
    const problem = problemOf(lossCase, 7, "mild", { images: 1, spatial });
    expect(
      cutPieces(
        1,
        classes,
        spatial.reduce((product, d) => product * d, 1),
      ),
    ).toHaveLength(2);
    expectParity(problem.loss, problem, spatial.join("x"), { naturalScale: naturalScale(problem.loss) });
  },
  60_000,
);
