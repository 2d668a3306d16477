/**
 * A resize of height and width as two products with constant matrices, Y = A (X Bᵀ) per channel. MatMul is the same in
 * every operator set, so any coordinates can be written in any model.
 *
 * @module
 */
import type { Tensor } from "@pixelgrad/core";
import { node } from "./build.ts";
import { elementType } from "./element-types.ts";
import type { NodeProto, TensorProto } from "./onnx_pb.ts";
import { dimsOf, floatTensor, readFloats } from "./tensor-proto.ts";
import type { Wiring } from "./wiring.ts";

/** How far from 1 the weights of an interpolated pixel may sum. */
const SUM_TOLERANCE = 1e-3;

/** What a resize does along one axis, `[to, from]`. */
export type AxisMatrix = Tensor<Float32Array>;

export interface ResizeMatrices {
  /** The product along the width, then the one along the height. */
  readonly nodes: readonly [NodeProto, NodeProto];
  readonly height: AxisMatrix;
  readonly width: AxisMatrix;
}

/** The nodes that make `output` of `input`. */
export function resizeByMatrices(
  input: string,
  output: string,
  { height, width }: Pick<ResizeMatrices, "height" | "width">,
): NodeProto[] {
  const [from, to] = [width.dims[1] as number, width.dims[0] as number];
  const right = floatTensor("", [from, to], transposed(width.data, to, from));
  const left = floatTensor("", height.dims, height.data);
  return [
    node("Constant", [], [`${output}:width`], { value: { tensor: right } }),
    node("Constant", [], [`${output}:height`], { value: { tensor: left } }),
    node("MatMul", [input, `${output}:width`], [`${output}:wide`]),
    node("MatMul", [`${output}:height`, `${output}:wide`], [output]),
  ];
}

/**
 * The resize that ends in `rows`; undefined when it is none. No classifier looks like this: it has its constant on the
 * right alone, and weights that do not sum to 1.
 */
export function resizeMatricesAt(wiring: Wiring, rows: NodeProto): ResizeMatrices | undefined {
  const columns = rows.opType === "MatMul" ? wiring.producer(rows.input[1] as string) : undefined;
  if (columns?.opType !== "MatMul") return undefined;
  const height = matrix(wiring.constant(rows.input[0] as string));
  const right = matrix(wiring.constant(columns.input[1] as string));
  if (height === undefined || right === undefined) return undefined;
  const [from, to] = right.dims as [number, number];
  const width = { data: transposed(right.data, from, to), dims: [to, from] };
  return interpolates(height) && interpolates(width) ? { nodes: [columns, rows], height, width } : undefined;
}

/** Those of `nodes` that are part of such a resize: their constants are no weights. */
export function resizingProducts(wiring: Wiring, nodes: readonly NodeProto[]): ReadonlySet<NodeProto> {
  return new Set(nodes.flatMap((node) => resizeMatricesAt(wiring, node)?.nodes ?? []));
}

function matrix(tensor: TensorProto | undefined): AxisMatrix | undefined {
  if (tensor?.dataType !== elementType.float || dimsOf(tensor).length !== 2) return undefined;
  return readFloats(tensor);
}

function interpolates({ data, dims }: AxisMatrix): boolean {
  const [to, from] = dims as [number, number];
  for (let row = 0; row < to; row++) {
    const sum = data.subarray(row * from, (row + 1) * from).reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) > SUM_TOLERANCE) return false;
  }
  return true;
}

export function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[i * columns + j] as number;
  }
  return out;
}
