/**
 * The three graphs of a training step: the frozen part up to the cut, the head with its weights as plain inputs, and the
 * gradient of the head.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { differentiate, gradOutput, OUTPUT_GRAD } from "./differentiate.ts";
import { valueInfo } from "./graph/build.ts";
import { cutBefore } from "./graph/cut.ts";
import { elementType, elementTypeName, elementTypeNumber } from "./graph/element-types.ts";
import { extract } from "./graph/extract.ts";
import { inFloat32 } from "./graph/in-float32.ts";
import { inspect } from "./graph/inspect.ts";
import type { NodeProto, TensorProto } from "./graph/onnx_pb.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";
import { valuesRead, Wiring } from "./graph/wiring.ts";
import { imageDims } from "./image-dims.ts";
import { KnownValues } from "./runtime/known-values.ts";
import { type Trainable, trainableWeights } from "./trainable.ts";

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
  readonly trainable: Trainable;
  /** Height and width of the input, in pixels. */
  readonly size: readonly [number, number];
}

/**
 * Cuts a model before the first nodes that read a trainable weight, and differentiates what follows. Opens the model
 * on this thread for its shapes, and runs it once where the runtime cannot tell them otherwise.
 * @throws PixelgradError of `inspect` and `trainableWeights`; `TENSOR_UNSUPPORTED` for a weight that is not float32, or does
 *   not lead to the logits; `GRADIENT_UNSUPPORTED`; `MODEL_UNSUPPORTED`, also for a size the model does not take.
 */
export async function trainingGraphs(
  original: OnnxModel,
  { trainable, size }: TrainingGraphsOptions,
): Promise<TrainingGraphs> {
  const model = inFloat32(original);
  const inspection = inspect(model);
  const { input, logits } = inspection;
  const inputDims = imageDims(model, input, size);
  const known = await KnownValues.of(model, input.name, inputDims);
  const wiring = Wiring.of(model.graph);
  const dims = (name: string) => known.dims(name);
  const names = trainableWeights(trainable, { wiring, inspection, dims });
  const parameters = names.map((name) => ({ name, ...model.parameter(name) }));
  for (const name of names) requireFloat32(name, wiring);
  const cut = cutBefore(wiring, logits, new Set(names), input.name);
  for (const name of names) requireReader(name, cut.nodes);
  requireFloats(cut.features, known);
  // What a trainable weight goes into is no constant, though nothing but weights made it.
  const moving = new Set([...names, ...cut.nodes.flatMap(({ output }) => output)]);
  const frozen = (name: string) => (moving.has(name) ? undefined : known.constant(name));

  const { model: gradient, saved } = await differentiate({
    nodes: cut.nodes,
    opset: model.proto.opsetImport,
    output: logits,
    parameters: names,
    shape: (name) => known.shape(name),
    type: (name) => known.type(name),
    numbers: (name) => (moving.has(name) ? undefined : known.numbers(name)),
    constant: frozen,
  });
  const given = new Set([...cut.features, ...names, logits]);
  const activations = saved.filter((name) => !given.has(name));
  const constantsFor = (nodes: readonly NodeProto[]): TensorProto[] =>
    [...new Set(nodes.flatMap(valuesRead))].flatMap((name) => frozen(name) ?? []);
  const described = (name: string) => valueInfo(name, known.shape(name), elementTypeNumber(known.type(name)));
  const head = extract(model, {
    nodes: cut.nodes,
    inputs: [...cut.features, ...names].map(described),
    outputs: [logits, ...activations].map(described),
    constants: constantsFor(cut.nodes),
  });
  const fromImage = cut.before.length === 0;
  const backbone = extract(model, {
    nodes: cut.before,
    inputs: [valueInfo(input.name, inputDims)],
    outputs: cut.features.map(described),
    constants: constantsFor(cut.before),
  });
  const named = (name: string): NamedDims => ({ name, dims: known.shape(name) });
  return {
    input: { name: input.name, dims: inputDims },
    backbone: fromImage ? undefined : backbone.toBytes(),
    head: head.toBytes(),
    gradient: gradient.toBytes(),
    features: cut.features.map(named),
    logits: named(logits),
    parameters,
    gradientInput: OUTPUT_GRAD,
    gradientOutputs: Object.fromEntries(names.map((name) => [name, gradOutput(name)])),
  };
}

/** A weight that nothing of the head reads would be trained in vain. */
function requireReader(name: string, nodes: readonly NodeProto[]): void {
  if (nodes.some((node) => valuesRead(node).includes(name))) return;
  throw unusable(name, "cannot be trained", "it does not lead to the segmentation output");
}

/** A graph of another type would be fed float32 numbers. */
function requireFloat32(name: string, wiring: Wiring): void {
  const type = wiring.constant(name)?.dataType;
  if (type === elementType.float) return;
  throw unusable(name, "cannot be trained", `it is ${elementTypeName(type ?? 0)}, expected float32`);
}

function requireFloats(features: readonly string[], known: KnownValues): void {
  for (const name of features) {
    const type = known.type(name);
    if (type !== "float32") throw unusable(name, "is no place to cut", `it is ${type}, expected float32`);
  }
}

function unusable(name: string, what: string, reason: string): PixelgradError {
  return new PixelgradError("TENSOR_UNSUPPORTED", `Tensor '${name}' of the model ${what}: ${reason}.`, {
    name,
    reason,
  });
}
