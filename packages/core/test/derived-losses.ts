/** Losses made of the losses of the cases, and problems made of theirs. */
import {
  catalogue,
  elementCount,
  type Loss,
  type LossDefinition,
  type LossOptions,
  type LossSpec,
  lossFrom,
  type Tensor,
  type TypedArray,
} from "@pixelgrad/core";
import type { LossProblem } from "@pixelgrad/core/testing";

function isSpec(value: unknown): value is LossSpec {
  return typeof value === "object" && value !== null && "id" in value && "options" in value;
}

/** The losses among the options of a loss: the terms of a sum, or what a wrapper wraps. */
function innerLosses({ options }: LossSpec): readonly LossSpec[] {
  return Object.values(options)
    .flatMap((value): readonly unknown[] => (Array.isArray(value) ? value : [value]))
    .filter(isSpec);
}

/** The losses a loss is made of, down to those of the catalogue; itself, if it is one. */
export function partsOf(loss: LossSpec): readonly LossSpec[] {
  const inner = innerLosses(loss);
  return inner.length === 0 ? [loss] : inner.flatMap(partsOf);
}

/** A loss, the losses it is made of, and those in between. */
export function specsIn(loss: LossSpec): readonly LossSpec[] {
  return [loss, ...innerLosses(loss).flatMap(specsIn)];
}

export function definitionOf(id: string): LossDefinition | undefined {
  return catalogue.find((definition) => definition.id === id);
}

/** The options a loss has in the end: what it was given, on top of those of its preset. */
export function effectiveOptions({ id, options }: LossSpec): LossOptions {
  const { preset } = options;
  const presets: { readonly [name: string]: { readonly options: LossOptions } | undefined } =
    definitionOf(id)?.presets ?? {};
  return { ...presets[String(preset)]?.options, ...options };
}

/** The loss with other options in each of its parts. */
export function withOptions(loss: LossSpec, change: (part: LossSpec) => LossOptions): Loss {
  return lossFrom(changed(loss, change));
}

function changed<S extends LossSpec>(loss: S, change: (part: LossSpec) => LossOptions): S {
  if (innerLosses(loss).length === 0) return { ...loss, options: change(loss) };
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    return isSpec(value) ? changed(value, change) : value;
  };
  const options = Object.entries(loss.options).map(([name, value]) => [name, within(value)]);
  return { ...loss, options: Object.fromEntries(options) };
}

/** The positions of `kept` along one axis. */
export function take<A extends TypedArray>(
  tensor: Tensor<A>,
  axis: number,
  kept: readonly number[],
): Tensor<A> {
  const { data, dims } = tensor;
  const inner = elementCount(dims.slice(axis + 1));
  const outer = elementCount(dims.slice(0, axis));
  const taken = data.slice(0, outer * kept.length * inner) as A;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const k of kept) {
      for (let i = 0; i < inner; i++) taken[to++] = data[(o * dims[axis] + k) * inner + i];
    }
  }
  return { data: taken, dims: dims.map((d, i) => (i === axis ? kept.length : d)) };
}

/** A problem of which only `kept` remain along one axis of the logits: 0 images, 1 channels, 2 and more in space. */
export function takeOfProblem(problem: LossProblem, axis: number, kept: readonly number[]): LossProblem {
  const { logits, target, extra } = problem;
  const dense = isDense(problem);
  const targetAxis = dense || axis === 0 ? axis : axis - 1;
  const { teacher, distanceMaps } = extra;
  return {
    ...problem,
    logits: take(logits, axis, kept),
    target: axis === 1 && !dense ? target : take(target, targetAxis, kept),
    extra: {
      ...(teacher && { teacher: take(teacher, axis, kept) }),
      ...(distanceMaps && { distanceMaps: take(distanceMaps, axis, kept) }),
    },
  };
}

/** Whether the target has the dims of the logits. */
export function isDense({ logits, target }: LossProblem): boolean {
  return target.dims.length === logits.dims.length;
}

/** A tensor with its channels last. */
export function channelsLast<A extends TypedArray>({ data, dims }: Tensor<A>): Tensor<A> {
  const [images, classes, ...spatial] = dims as [number, number, ...number[]];
  const pixels = elementCount(spatial);
  const moved = data.slice() as A;
  for (let at = 0; at < data.length; at++) {
    const image = Math.floor(at / (classes * pixels));
    const c = Math.floor(at / pixels) % classes;
    moved[(image * pixels + (at % pixels)) * classes + c] = data[at];
  }
  return { data: moved, dims: [images, ...spatial, classes] };
}

/** `0, 1, ...` below `length`. */
export function indices(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
