/** A small graph whose gradient rule is tested, as data. */
import type { Tensor } from "@pixelgrad/core";
import type { node } from "@pixelgrad/onnx";

export type Node = ReturnType<typeof node>;
export type Dims = readonly number[];

/** The output is called `y`. Every input is float32 and is differentiated. */
export interface RuleCase {
  readonly nodes: readonly Node[];
  readonly inputs: Readonly<Record<string, Dims>>;
  /** One-dimensional constants. */
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly floats?: Readonly<Record<string, readonly number[]>>;
  /** Constants of other types and dims: a Uint8Array is bool, a BigInt64Array int64. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** 18 unless given. */
  readonly opset?: number;
  /** Where the numbers of an input lie; from -1 to 1 unless given. */
  readonly range?: Readonly<Record<string, readonly [number, number]>>;
  /** Numbers of the inputs keep 0.1 from each of these, where the operator has a kink. */
  readonly kinks?: readonly number[];
  /** Numbers of the inputs are multiples of 0.1 in random order, no two of an input alike: for maxima. */
  readonly distinct?: true;
  /**
   * Step of the differences. 1, unless given: they are exact for graphs that are polynomials of degree 4 or less along
   * each entry. A smooth function takes about 0.05; one with kinks or maxima less than half their distance.
   */
  readonly step?: number;
}
