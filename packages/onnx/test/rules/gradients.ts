/** Gradients of a case from its gradient graph, and the differences of the case itself that they are held against. */
import { elementCount, type Tensor } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  buildModel,
  differentiate,
  dimsOf,
  elementType,
  floatTensor,
  gradOutput,
  inferValues,
  intTensor,
  OnnxModel,
  OUTPUT_GRAD,
  openSession,
  rawTensor,
  readNumbers,
  valueInfo,
} from "@pixelgrad/onnx";
import { dot } from "../support/dot.ts";
import type { Dims, RuleCase } from "./rule-case.ts";

type Feeds = Readonly<Record<string, Tensor<Float32Array>>>;
type TensorProto = ReturnType<typeof floatTensor>;

/** Distance of the numbers of an input from a kink, and half of what lies between two that are `distinct`. */
const MARGIN = 0.1;

/** The numbers of the inputs, from a seed. */
export function caseFeeds({ inputs, range = {}, kinks = [], distinct }: RuleCase, seed = 1): Feeds {
  const random = seededRandom(seed);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, dims]) => {
      const [low, high] = range[name] ?? [-1, 1];
      const uniform = uniformArray(random, elementCount(dims));
      const data = distinct
        ? ranks(uniform).map((rank) => MARGIN * (rank - uniform.length / 2))
        : uniform.map((v) => awayFrom(kinks, low + ((v + 1) / 2) * (high - low)));
      return [name, { data: Float32Array.from(data), dims }];
    }),
  );
}

/** The case as a model that gives `outputs`. */
export function caseModel(
  { nodes, inputs, opset = 18, ...held }: RuleCase,
  outputs: readonly string[] = ["y"],
  typeOfOutput: (name: string) => number = () => elementType.float,
): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: Object.entries(inputs).map(([name, dims]) => valueInfo(name, dims)),
      outputs: outputs.map((name) => valueInfo(name, undefined, typeOfOutput(name))),
      initializers: constantsOf(held),
      opset,
    }),
  );
}

/** dY of the functional that is differentiated, in the dims of `y`. */
export function caseFunctional(dims: Dims, seed = 2): Float32Array {
  return uniformArray(seededRandom(seed), elementCount(dims));
}

export interface CaseGradients {
  readonly y: Tensor<Float32Array>;
  /** By input. */
  readonly grads: Readonly<Record<string, Float32Array>>;
}

/** Types of values that a rule may save, float32 apart. */
const madeTypes: Readonly<Record<string, number>> = {
  bool: elementType.bool,
  int64: elementType.int64,
  float64: elementType.float64,
};

/** From the gradient graph, by onnxruntime. */
export async function caseGradients(given: RuleCase): Promise<CaseGradients> {
  const feeds = caseFeeds(given);
  const constants = new Map(constantsOf(given).map((tensor) => [tensor.name, tensor]));
  const values = await inferValues(caseModel(given), given.inputs);
  const shape = (name: string): Dims => {
    const constant = constants.get(name);
    return constant === undefined ? values.get(name)!.dims : dimsOf(constant);
  };
  const { model, saved } = await differentiate({
    nodes: given.nodes,
    opset: caseModel(given).proto.opsetImport,
    output: "y",
    parameters: Object.keys(given.inputs),
    shape,
    type: (name) => values.get(name)?.type,
    numbers: (name) => (constants.has(name) ? readNumbers(constants.get(name)!) : undefined),
    constant: (name) => constants.get(name),
  });
  const made = saved.filter((name) => !(name in feeds));
  const typeOfMade = (name: string) => madeTypes[values.get(name)?.type ?? ""] ?? elementType.float;
  const outputs = await runOnce(caseModel(given, [...new Set(["y", ...made])], typeOfMade), feeds);
  const y = outputs["y"] as Tensor<Float32Array>;
  const results = await runOnce(model, {
    ...Object.fromEntries(saved.map((name) => [name, feeds[name] ?? outputs[name]!])),
    [OUTPUT_GRAD]: { data: caseFunctional(y.dims), dims: y.dims },
  });
  const grads = Object.keys(feeds).map((name) => [name, results[gradOutput(name)]!.data]);
  return { y, grads: Object.fromEntries(grads) };
}

/** By five-point differences of the functional, entry by entry. */
export async function caseDifferences(given: RuleCase): Promise<Record<string, Float64Array>> {
  const feeds = caseFeeds(given);
  const forward = await openSession(caseModel(given).toBytes());
  const step = given.step ?? (given.kinks || given.distinct ? MARGIN / 5 : 1);
  const found: Record<string, Float64Array> = {};
  try {
    const { y } = await forward.run(feeds);
    const functional = caseFunctional(y!.dims);
    for (const [name, { data, dims }] of Object.entries(feeds)) {
      const at = async (i: number, by: number): Promise<number> => {
        const moved = data.slice();
        moved[i]! += by;
        const outputs = await forward.run({ ...feeds, [name]: { data: moved, dims } });
        return dot(functional, outputs["y"]!.data as Float32Array);
      };
      const grad = new Float64Array(data.length);
      for (let i = 0; i < data.length; i++) {
        const [near, far] = [
          (await at(i, step)) - (await at(i, -step)),
          (await at(i, 2 * step)) - (await at(i, -2 * step)),
        ];
        grad[i] = (8 * near - far) / (12 * step);
      }
      found[name] = grad;
    }
    return found;
  } finally {
    await forward.release();
  }
}

function constantsOf({
  ints = {},
  floats = {},
  constants = {},
}: Pick<RuleCase, "ints" | "floats" | "constants">): TensorProto[] {
  return [
    ...Object.entries(ints).map(([name, values]) => intTensor(name, values)),
    ...Object.entries(floats).map(([name, values]) => floatTensor(name, [values.length], values)),
    ...Object.entries(constants).map(([name, { data, dims }]) =>
      rawTensor(name, dims, typeOf(data), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ),
  ];
}

function typeOf(data: Tensor["data"]): number {
  if (data instanceof Uint8Array) return elementType.bool;
  return data instanceof BigInt64Array ? elementType.int64 : elementType.float;
}

async function runOnce(model: OnnxModel, feeds: Readonly<Record<string, Tensor>>) {
  const session = await openSession(model.toBytes());
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function awayFrom(kinks: readonly number[], value: number): number {
  const near = kinks.find((kink) => Math.abs(value - kink) < MARGIN);
  return near === undefined ? value : near + (value < near ? -MARGIN : MARGIN);
}

/** The place of each number among all, from 0. */
function ranks(values: Float32Array): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const places = new Array<number>(values.length);
  order.forEach((at, place) => {
    places[at] = place;
  });
  return places;
}
