/**
 * How the class sums of a group of pixels (the batch, or an image) become numbers, and what their slopes are.
 *
 * @module
 */
import { optionConflict, perClass } from "../options.ts";
import type { ClassSums, Scored } from "../reference/overlap-scores.ts";
import { chosenClasses } from "./class-options.ts";
import type { ClassMeanOptions, OverlapOptions } from "./overlap-options.ts";

/** d value / d I and P of a class. */
export interface ClassSlope {
  readonly c: number;
  readonly di: number;
  readonly dp: number;
}

/** One number of a group: a class's, or that of all of them. */
export interface Part {
  readonly column: number;
  readonly value: number;
  /** What it is multiplied by. */
  readonly weight: number;
  /** What it adds to the divisor of the group's mean. */
  readonly share: number;
  readonly slopes: readonly ClassSlope[];
}

export interface GroupRule {
  /** Parts a group has at most. */
  readonly columns: number;
  /** The parts of a group from the sums of all classes, `[C]`; classes without pixels are in none. */
  partsOf(sums: readonly ClassSums[]): readonly Part[];
}

export interface Bent {
  readonly value: number;
  readonly slope: number;
}

/** The loss of a score; `floor` bounds what a logarithm is taken of. */
export function lossOfScore(
  { value, di, dp }: Scored,
  form: NonNullable<ClassMeanOptions["form"]>,
  epsilon: number,
): Scored {
  if (form !== "log") {
    return { value: (form === "one-minus" ? 1 : 0) - value, di: -di, dp: -dp };
  }
  const floor = epsilon > 0 ? epsilon : SMALLEST_SCORE;
  if (value <= floor) return { value: -Math.log(floor), di: 0, dp: 0 };
  return { value: -Math.log(value), di: -di / value, dp: -dp / value };
}

const SMALLEST_SCORE = 1e-7;

export interface ClassRule {
  readonly id: string;
  readonly options: OverlapOptions & ClassMeanOptions;
  readonly classes: number;
  /** The loss of one class, or of all of them under micro. */
  lossOf(sums: ClassSums): Scored;
  /** A function of the loss of each class `c`. */
  bend?(loss: number, c: number): Bent;
}

/** A part per chosen class, or one from their sums together. */
export function classRule({ id, options, classes, lossOf, bend }: ClassRule): GroupRule {
  const { average = "macro", emptyClass = "smooth", targetSoftening = 0 } = options;
  const weighting = options.weighting ?? (average === "micro" ? "planes" : "plain");
  if (average === "micro" && weighting !== "planes" && options.classWeights !== undefined) {
    throw optionConflict(
      id,
      ["average", "weighting"],
      "classes that are one score have no losses to weigh, so set weighting to planes, or average to macro",
    );
  }
  if (targetSoftening > 0 && emptyClass !== "smooth") {
    throw optionConflict(
      id,
      ["targetSoftening", "emptyClass"],
      "softened targets leave no class without ground truth, so set emptyClass to smooth, or targetSoftening to 0",
    );
  }
  const chosen = chosenClasses(id, options.classes ?? "all", classes);
  const weights = perClass(id, "classWeights", options.classWeights ?? 1, classes);
  const planeOf = (c: number) => (weighting === "planes" ? weights[c] : 1);

  const lossOfSums = (sums: ClassSums): Scored | undefined => {
    if (emptyClass === "smooth" || sums.g !== 0) return lossOf(sums);
    if (emptyClass === "skip") return undefined;
    const isOne = emptyClass === "one" || (emptyClass === "absence" && sums.p !== 0);
    return { value: isOne ? 1 : 0, di: 0, dp: 0 };
  };
  const partOf = (column: number, members: readonly number[], sums: readonly ClassSums[]): Part[] => {
    const loss = lossOfSums(weighedTotal(members, planeOf, sums));
    if (loss === undefined) return [];
    const c = members[0];
    const { value, slope } = bend?.(loss.value, c) ?? { value: loss.value, slope: 1 };
    const weight = weighting === "planes" ? 1 : weights[c];
    return [
      {
        column,
        value,
        weight,
        share: weighting === "normalized" ? weight : 1,
        slopes: members.map((member) => {
          const w = planeOf(member);
          return { c: member, di: slope * loss.di * w * w, dp: slope * loss.dp * w };
        }),
      },
    ];
  };
  if (average === "macro") {
    return {
      columns: chosen.length,
      partsOf: (sums) => chosen.flatMap((c, column) => (sums[c].n > 0 ? partOf(column, [c], sums) : [])),
    };
  }
  return {
    columns: 1,
    partsOf(sums) {
      const members = chosen.filter((c) => sums[c].n > 0);
      return members.length > 0 ? partOf(0, members, sums) : [];
    },
  };
}

/** Sums over several classes, p and g multiplied by the weight of their plane. */
function weighedTotal(
  members: readonly number[],
  planeOf: (c: number) => number,
  sums: readonly ClassSums[],
): ClassSums {
  let [i, p, g, n] = [0, 0, 0, 0];
  for (const c of members) {
    const w = planeOf(c);
    i += w * w * sums[c].i;
    p += w * sums[c].p;
    g += w * sums[c].g;
    n += sums[c].n;
  }
  return { i, p, g, n };
}

/** A function of the mean of each group: its parts become one. */
export function bentMean(rule: GroupRule, bend: (loss: number) => Bent): GroupRule {
  return {
    columns: 1,
    partsOf(sums) {
      const parts = rule.partsOf(sums);
      const divisor = parts.reduce((total, { share }) => total + share, 0);
      if (!(divisor > 0)) return [];
      const mean = parts.reduce((total, { weight, value }) => total + (weight * value) / divisor, 0);
      const { value, slope } = bend(mean);
      const slopes = parts.flatMap((part) =>
        part.slopes.map(({ c, di, dp }) => {
          const factor = (slope * part.weight) / divisor;
          return { c, di: factor * di, dp: factor * dp };
        }),
      );
      return [{ column: 0, value, weight: 1, share: 1, slopes }];
    },
  };
}

/** One channel as two classes, background and foreground: p and g of the background are 1 - p and 1 - g. */
export function twoClassRule(rule: GroupRule): GroupRule {
  return {
    columns: rule.columns,
    partsOf([{ i, p, g, n }]) {
      const background = { i: n - p - g + i, p: n - p, g: n - g, n };
      return rule.partsOf([background, { i, p, g, n }]).map((part) => ({
        ...part,
        slopes: part.slopes.map(({ c, di, dp }) => (c === 1 ? { c: 0, di, dp } : { c: 0, di, dp: -di - dp })),
      }));
    },
  };
}
