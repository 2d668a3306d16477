/**
 * What a gradient rule is given: a node of the forward graph, the gradient of its output, and a way to write nodes into
 * the gradient graph.
 *
 * @module
 */
import type { Attributes } from "../graph/build.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";

export interface RuleContext {
  readonly node: NodeProto;
  /** Version of the default operator set of the forward graph. */
  readonly opset: number;
  /** The name of dY, the gradient of the node's first output. */
  readonly outputGrad: string;
  /** The name of the gradient of output `i`; undefined when nothing that counts reads that output. */
  outputGradOf(i: number): string | undefined;
  /** Whether the gradient of input `i` leads to a parameter. */
  needs(i: number): boolean;
  /** Static dims of a value of the forward graph. */
  shape(value: string): readonly number[];
  /** Uses a forward value in the gradient graph; its name. */
  saved(value: string): string;
  /** Whether a value is a constant, which the gradient graph holds itself where it is saved. */
  isConstant(value: string): boolean;
  /** Small numbers that a graph computes or holds, such as sizes and scales; undefined when they are not known. */
  numbers(value: string | undefined): readonly number[] | undefined;
  /** Adds a node and returns the name of its (first) output; a node that is there already is used again. */
  emit(opType: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a node of `count` outputs and returns their names. */
  emitAll(opType: string, inputs: readonly string[], count: number, attributes?: Attributes): string[];
  /** An int64 constant. */
  ints(values: readonly number[]): string;
  /** A float32 constant. */
  floats(values: ArrayLike<number>, dims: readonly number[]): string;
  /** What a Resize does along one axis, `[to, from]`. */
  interpolation(from: number, to: number, scale: number | undefined): Promise<Float32Array>;
}

/** The names of the gradients of a node's inputs; undefined where none is needed or there is none. */
export type InputGrads = readonly (string | undefined)[];

export type Rule = (context: RuleContext) => InputGrads | Promise<InputGrads>;
