/** Random problems for the tests of this package: logits, labels and dense targets, from a seed. */
import { elementCount, type Tensor } from "@pixelgrad/core";
import { seededRandom, type Temper } from "@pixelgrad/core/testing";

export interface Problem {
  readonly logits: Tensor<Float32Array>;
  readonly target: Tensor;
}

/**
 * On a grid of 2^-16, where float32 differences are exact: elsewhere x - max is off by up to 2e-6 at |x| = 28, and
 * exp makes a relative error of that, which no kernel that takes float32 can undo.
 */
function confidentLogit(random: () => number, positive: boolean): number {
  const size = 8 + Math.round(20 * random() * 65536) / 65536;
  return positive ? size : -size;
}

/** Labels of every class in turn and at random, a fifth of them taken from `ignored`. */
export function labelProblem(
  seed: number,
  dims: readonly number[],
  temper: Temper,
  ignored: readonly number[] = [],
): Problem {
  const random = seededRandom(seed);
  const [images, classes, ...spatial] = dims as [number, number, ...number[]];
  const pixels = elementCount(spatial);
  const truth = Int32Array.from({ length: images * pixels }, (_, i) =>
    i < classes ? i : Math.floor(random() * classes),
  );
  const logits = new Float32Array(elementCount(dims));
  for (let at = 0; at < logits.length; at++) {
    const c = Math.floor(at / pixels) % classes;
    const pixel = Math.floor(at / pixels / classes) * pixels + (at % pixels);
    const positive = temper === "right" ? truth[pixel] === c : random() < 0.5;
    logits[at] = temper === "mild" ? 8 * random() - 4 : confidentLogit(random, positive);
  }
  const labels = truth.map((label, i) =>
    ignored.length > 0 && i > 0 && random() < 0.2 ? ignored[i % ignored.length] : label,
  );
  return { logits: { data: logits, dims }, target: { data: labels, dims: [images, ...spatial] } };
}

/** Targets of 0 and 1 (both present), or `soft` ones between, a fifth of them taken from `ignored`. */
export function denseProblem(
  seed: number,
  dims: readonly number[],
  temper: Temper,
  { soft = false, ignored = [] }: { readonly soft?: boolean; readonly ignored?: readonly number[] } = {},
): Problem {
  const random = seededRandom(seed);
  const length = elementCount(dims);
  const truth = Float32Array.from({ length }, (_, i) =>
    soft ? random() : i < 2 ? i : random() < 0.5 ? 0 : 1,
  );
  const logits = truth.map((t) => {
    const positive = temper === "right" ? t >= 0.5 : random() < 0.5;
    return temper === "mild" ? 8 * random() - 4 : confidentLogit(random, positive);
  });
  const targets = truth.map((t, i) =>
    ignored.length > 0 && i > 0 && random() < 0.2 ? ignored[i % ignored.length] : t,
  );
  return { logits: { data: logits, dims }, target: { data: targets, dims } };
}

/** A problem whose logits are probabilities: within [0.02, 0.98], or as near 0 and 1 as float32 sigmoids come. */
export function probabilityProblem(
  seed: number,
  dims: readonly number[],
  temper: Temper,
  options: { readonly soft?: boolean; readonly ignored?: readonly number[] } = {},
): Problem {
  const { logits, target } = denseProblem(seed, dims, temper, options);
  return { logits: { data: logits.data.map((x) => 1 / (1 + Math.exp(-x))), dims }, target };
}
