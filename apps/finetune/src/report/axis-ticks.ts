/** Round numbers along an axis. */

export interface AxisTicks {
  /** The ends of the axis; `low < high`. */
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** A tick with as many decimals as tell neighbours apart. */
  readonly format: (tick: number) => string;
}

/**
 * An axis that holds all of `values`.
 *
 * @param values - finite, at least one.
 * @param count - ticks at most.
 * @param smallestStep - between two ticks; 0 for any, 1 for whole numbers.
 */
export function axisTicks(values: readonly number[], count: number, smallestStep: number): AxisTicks {
  const least = Math.min(...values);
  const most = Math.max(...values);
  // Equal values still get an axis of some length to lie on.
  const span = most - least || Math.abs(most) || 1;
  // One tick may be lost at each end, where the axis is rounded outwards.
  const step = Math.max(smallestStep, roundStep(span / Math.max(1, count - 2)));
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  // Beyond these sizes plain digits would not fit beside the chart.
  const plain = step >= 1e-5 && Math.max(-first, last) * step < 1e7;
  return {
    low: first * step,
    high: last * step,
    ticks: Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step),
    format: (tick) => (plain || tick === 0 ? tick.toFixed(plain ? decimals : 0) : tick.toExponential(1)),
  };
}

/** The least of 1, 2, 5 times a power of ten that is `step` or more. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}
