/**
 * The three graphs of a training step: the frozen part up to the cut, the head with its weights as plain inputs, and the
 * gradient of the head.
 *
 * @module
 */
import { elementCount, PixelgradError } from "@pixelgrad/core";
import { differentiate, gradOutput, OUTPUT_GRAD } from "./differentiate.ts";
import { buildModel, valueInfo } from "./graph/build.ts";
import { elementType } from "./graph/element-types.ts";
import { inspect } from "./graph/inspect.ts";
import type { NodeProto, TensorProto } from "./graph/onnx_pb.ts";
import { OnnxModel } from "./graph/onnx-model.ts";
import { dimsOf, floatTensor, intTensor, readFloats } from "./graph/tensor-proto.ts";
import { Wiring } from "./graph/wiring.ts";
import { type InferredValue, inferValues } from "./runtime/infer-values.ts";

export interface NamedDims {
  readonly name: string;
  readonly dims: readonly number[];
}

export interface NamedParameter extends NamedDims {
  readonly data: Float32Array;
}

/** All for one sample: N = 1. */
export interface TrainingGraphs {
  readonly input: NamedDims;
  /** Image to features; undefined when the image itself is the only feature. */
  readonly backbone: Uint8Array | undefined;
  /** Features and parameters to logits and to what the gradient graph needs again. */
  readonly head: Uint8Array;
  /** `gradientInput` and the values named like outputs and inputs of the head, to `gradientOutputs`. */
  readonly gradient: Uint8Array;
  readonly features: readonly NamedDims[];
  readonly logits: NamedDims;
  readonly parameters: readonly NamedParameter[];
  readonly gradientInput: string;
  /** By parameter name. */
  readonly gradientOutputs: Readonly<Record<string, string>>;
}

export interface TrainingGraphsOptions {
  /** `last`, weight and bias of the classifier; or names of weights. */
  readonly trainable: "last" | readonly string[];
  /** Height and width of the input, in pixels. */
  readonly size: readonly [number, number];
}

/**
 * Cuts a model before the first node that a trainable weight feeds, and differentiates what follows. Runs the model once
 * on this thread, for its shapes.
 * @throws PixelgradError of `inspect`; `TENSOR_NOT_FOUND`, `GRADIENT_UNSUPPORTED`, `MODEL_UNSUPPORTED`.
 */
export async function trainingGraphs(
  model: OnnxModel,
  { trainable, size }: TrainingGraphsOptions,
): Promise<TrainingGraphs> {
  const { input, classifier, logits } = inspect(model);
  const wiring = new Wiring(model.graph);
  const names =
    trainable === "last" ? [classifier.weight, ...(classifier.bias ? [classifier.bias] : [])] : trainable;
  const parameters = names.map((name) => ({ name, ...model.parameter(name) }));
  const [height, width] = size;
  const inputDims = input.layout === "NCHW" ? [1, 3, height, width] : [1, height, width, 3];
  const values = await inferValues(model, { [input.name]: inputDims });
  const shapes = shapeLookup(wiring, values);

  const cut = cutBefore(wiring, logits, new Set(names), input.name);
  const features = cut.features.filter((name) => isFeature(name, values, wiring, input.name));
  const folded = cut.features.filter(
    (name) => !features.includes(name) && wiring.constant(name) === undefined,
  );
  const { model: gradient, saved } = await differentiate({
    nodes: cut.nodes,
    opset: model.proto.opsetImport,
    output: logits,
    parameters: names,
    shape: shapes,
    numbers: (value) => numbersOf(value, wiring, values),
  });
  const given = new Set([...features, ...names]);
  const activations = saved.filter((name) => !given.has(name) && name !== logits);
  const { opsetImport: opset, irVersion } = model.proto;
  const head = buildModel({
    nodes: cut.nodes,
    inputs: [...features, ...names].map((name) => valueInfo(name, shapes(name))),
    outputs: [logits, ...activations].map((name) => valueInfo(name, shapes(name))),
    initializers: [
      ...constantsOf(cut.nodes, wiring, given),
      ...folded.map((name) => foldedConstant(name, values)),
    ],
    opset,
    irVersion,
  });
  const fromImage = features.length === 1 && features[0] === input.name;
  const backboneNodes = wiring.ancestors(features);
  const backbone = buildModel({
    nodes: backboneNodes,
    inputs: [valueInfo(input.name, inputDims)],
    outputs: features.map((name) => valueInfo(name, shapes(name))),
    initializers: constantsOf(backboneNodes, wiring, new Set()),
    opset,
    irVersion,
  });
  const named = (name: string): NamedDims => ({ name, dims: shapes(name) });
  return {
    input: { name: input.name, dims: inputDims },
    backbone: fromImage ? undefined : OnnxModel.of(backbone).toBytes(),
    head: OnnxModel.of(head).toBytes(),
    gradient: gradient.toBytes(),
    features: features.map(named),
    logits: named(logits),
    parameters,
    gradientInput: OUTPUT_GRAD,
    gradientOutputs: Object.fromEntries(names.map((name) => [name, gradOutput(name)])),
  };
}

interface Cut {
  /** Nodes that depend on a parameter and lead to the logits, in graph order. */
  readonly nodes: readonly NodeProto[];
  /** What they read that none of them makes, parameters left out. */
  readonly features: readonly string[];
}

function cutBefore(wiring: Wiring, logits: string, parameters: ReadonlySet<string>, input: string): Cut {
  const depends = new Set(parameters);
  const between = wiring.ancestors([logits]);
  let nodes = between.filter((node) => {
    const active = node.input.some((value) => depends.has(value));
    if (active) for (const value of node.output) depends.add(value);
    return active;
  });
  const read = (all: readonly NodeProto[]): string[] => {
    const made = new Set(all.flatMap(({ output }) => output));
    const values = all.flatMap((node) => node.input).filter((value) => value !== "");
    return [...new Set(values)].filter((value) => !made.has(value) && !parameters.has(value));
  };
  // An image among the features means that nothing worth keeping is frozen: the head then holds everything.
  if (read(nodes).includes(input)) nodes = between.filter(({ opType }) => opType !== "Constant");
  return { nodes, features: read(nodes) };
}

function isFeature(
  name: string,
  values: ReadonlyMap<string, InferredValue>,
  wiring: Wiring,
  input: string,
): boolean {
  if (name === input) return true;
  const value = values.get(name);
  if (wiring.constant(name) !== undefined || value === undefined) return false;
  // Sizes that a graph computes are integers; with static dims they are constants.
  return value.data === undefined || value.data instanceof Float32Array;
}

function foldedConstant(name: string, values: ReadonlyMap<string, InferredValue>): TensorProto {
  const { data, dims } = values.get(name) as InferredValue;
  const numbers = Array.from(data as BigInt64Array, Number);
  return data instanceof Float32Array ? floatTensor(name, dims, numbers) : intTensor(name, numbers, dims);
}

function constantsOf(nodes: readonly NodeProto[], wiring: Wiring, given: ReadonlySet<string>): TensorProto[] {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const names = new Set(
    nodes.flatMap(({ input }) => input).filter((name) => !given.has(name) && !made.has(name)),
  );
  return [...names].flatMap((name) => {
    const tensor = wiring.constant(name);
    return tensor === undefined ? [] : [{ ...tensor, name }];
  });
}

function shapeLookup(
  wiring: Wiring,
  values: ReadonlyMap<string, InferredValue>,
): (name: string) => readonly number[] {
  return (name) => {
    const constant = wiring.constant(name);
    const dims = constant === undefined ? values.get(name)?.dims : dimsOf(constant);
    if (dims === undefined) {
      throw new PixelgradError("TENSOR_NOT_FOUND", `The model has no tensor named '${name}'.`, { name });
    }
    return dims;
  };
}

function numbersOf(
  name: string,
  wiring: Wiring,
  values: ReadonlyMap<string, InferredValue>,
): readonly number[] | undefined {
  const constant = wiring.constant(name);
  if (constant === undefined) {
    const data = values.get(name)?.data;
    return data === undefined ? undefined : Array.from(data as Float32Array, Number);
  }
  if (elementCount(dimsOf(constant)) > 64) return undefined;
  return constant.dataType === elementType.float ? Array.from(readFloats(constant).data) : undefined;
}
