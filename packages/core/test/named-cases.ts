/** The cases of `lossCases`, named for the titles of tests. */
import { catalogue, parseLoss } from "@pixelgrad/core";
import { type LossCase, lossCases } from "@pixelgrad/core/testing";
import { partsOf } from "./derived-losses.ts";

export const namedCases: readonly (readonly [name: string, lossCase: LossCase])[] = lossCases.map(
  (lossCase) => [
    `${lossCase.loss} of ${lossCase.target}, ${[lossCase.classes, ...lossCase.spatial].join("x")}`,
    lossCase,
  ],
);

/** The first case of each loss of the catalogue that has one. */
export const firstCases: readonly (readonly [id: string, lossCase: LossCase])[] = catalogue.flatMap(
  ({ id }) => {
    const found = lossCases.find(({ loss }) => partsOf(parseLoss(loss)).some((part) => part.id === id));
    return found === undefined ? [] : [[id, found] as const];
  },
);
