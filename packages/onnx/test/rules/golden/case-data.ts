/** A case with all its numbers as plain JSON: what the PyTorch script computes from, and what a golden value stands for. */
import { createHash } from "node:crypto";
import type { Tensor } from "@pixelgrad/core";
import { dimsOf, elementType, readNumbers } from "@pixelgrad/onnx";
import { caseFeeds, caseFunctional } from "../gradients.ts";
import type { Dims, Node, RuleCase } from "../rule-case.ts";

/** A number that JSON cannot hold is written as text: "Infinity", "-Infinity", "NaN". */
type JsonNumber = number | string;

export interface TensorData {
  readonly type: "float32" | "int64" | "bool";
  readonly dims: Dims;
  readonly data: readonly JsonNumber[];
}

type AttributeData =
  | JsonNumber
  | string
  | readonly JsonNumber[]
  | readonly string[]
  | { readonly tensor: TensorData };

export interface NodeData {
  readonly op: string;
  /** "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeData>>;
}

export interface CaseData {
  readonly title: string;
  readonly opset: number;
  readonly nodes: readonly NodeData[];
  readonly constants: Readonly<Record<string, TensorData>>;
  readonly inputs: Readonly<Record<string, TensorData>>;
  /** dL/dy, in the dims of y. */
  readonly outputGrad: TensorData;
}

/** @param outputDims - dims of y. */
export function caseData(title: string, given: RuleCase, outputDims: Dims): CaseData {
  const { nodes, opset = 18, ints = {}, floats = {}, constants = {} } = given;
  const lists = [
    ...Object.entries(ints).map(([name, data]) => [name, { type: "int64", dims: [data.length], data }]),
    ...Object.entries(floats).map(([name, data]) => [
      name,
      tensorData({ data: Float32Array.from(data), dims: [data.length] }),
    ]),
  ];
  return {
    title,
    opset,
    nodes: nodes.map(nodeData),
    constants: { ...Object.fromEntries(lists), ...tensors(constants) },
    inputs: tensors(caseFeeds(given)),
    outputGrad: tensorData({ data: caseFunctional(outputDims), dims: outputDims }),
  };
}

/** Changes when anything of the case does, its title apart. */
export function hashOf({ title: _, ...rest }: CaseData): string {
  return createHash("sha256").update(JSON.stringify(rest)).digest("hex").slice(0, 16);
}

function tensors(given: Readonly<Record<string, Tensor>>): Record<string, TensorData> {
  return Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, tensorData(tensor)]));
}

function tensorData({ data, dims }: Tensor): TensorData {
  const type =
    data instanceof Uint8Array ? "bool" : data instanceof BigInt64Array ? "int64" : ("float32" as const);
  return { type, dims, data: Array.from(data as ArrayLike<number | bigint>, jsonNumber) };
}

function nodeData({ opType, input, output, attribute }: Node): NodeData {
  return {
    op: opType,
    inputs: input,
    outputs: output,
    attributes: Object.fromEntries(attribute.map((a) => [a.name, attributeData(a)])),
  };
}

/** The value that the kind of an attribute, a number of the format, says it has. */
function attributeData(a: Node["attribute"][number]): AttributeData {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  switch (a.type) {
    case 1:
      return jsonNumber(a.f);
    case 2:
      return Number(a.i);
    case 3:
      return text(a.s);
    case 4: {
      const tensor = a.t!;
      const type = tensor.dataType === elementType.float ? "float32" : "int64";
      return { tensor: { type, dims: dimsOf(tensor), data: readNumbers(tensor)!.map(jsonNumber) } };
    }
    case 6:
      return a.floats.map(jsonNumber);
    case 7:
      return a.ints.map(Number);
    case 8:
      return a.strings.map(text);
    default:
      throw new Error(`Attribute '${a.name}' is of kind ${a.type}, which a case cannot have yet.`);
  }
}

function jsonNumber(value: number | bigint): JsonNumber {
  const number = Number(value);
  return Number.isFinite(number) ? number : String(number);
}
