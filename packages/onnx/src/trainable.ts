/** Which weights are trained. @module */
import { PixelgradError } from "@pixelgrad/core";
import { encoderEnd } from "./graph/decoder.ts";
import type { Inspection } from "./graph/inspect.ts";
import type { NodeProto } from "./graph/onnx_pb.ts";
import { weightUses } from "./graph/weights.ts";
import type { Wiring } from "./graph/wiring.ts";

/**
 * - `last`: weight and bias of the classifier;
 * - `decoder`: all behind the encoder, see `encoderEnd`;
 * - `all`: all weights that lead to the logits;
 * - names: a weight is trained itself; of any other tensor, all that lies behind it.
 */
export type Trainable = "last" | "decoder" | "all" | readonly string[];

export interface TrainableSearch {
  readonly wiring: Wiring;
  readonly inspection: Inspection;
  dims(value: string): readonly number[] | undefined;
}

/**
 * Names of the weights to train, in the order of the graph.
 * @throws PixelgradError `TENSOR_NOT_FOUND` for a name that is neither a weight nor a tensor; `NOTHING_TRAINABLE`.
 */
export function trainableWeights(trainable: Trainable, search: TrainableSearch): string[] {
  const names = chosenWeights(trainable, search);
  const { wiring, inspection } = search;
  const { weight, bias } = inspection.classifier;
  const isNamed = typeof trainable !== "string" && trainable.includes(weight);
  if (bias === undefined || isNamed || !names.includes(wiring.constantName(weight) ?? weight)) return names;
  // One number that is added to a single channel looks like a constant of the graph; it is the classifier's bias.
  return [...new Set([...names, wiring.constantName(bias) ?? bias])];
}

function chosenWeights(trainable: Trainable, { wiring, inspection, dims }: TrainableSearch): string[] {
  const { classifier, logits } = inspection;
  if (trainable === "last") {
    const own = [classifier.weight, ...(classifier.bias ? [classifier.bias] : [])];
    return own.map((name) => wiring.constantName(name) ?? name);
  }
  const way = wiring.ancestors([logits]);
  if (trainable === "all") return orRefuse([...new Set([...weightUses(wiring, way).values()].flat())], "all");
  if (trainable === "decoder") {
    const end = encoderEnd({ wiring, classifier: classifier.output, logits, dims });
    return end === undefined
      ? chosenWeights("last", { wiring, inspection, dims })
      : orRefuse(behind(wiring, way, [end]), "decoder");
  }
  const weights = trainable.filter((name) => wiring.constant(name) !== undefined);
  const tensors = trainable.filter((name) => !weights.includes(name));
  for (const name of tensors) {
    if (wiring.producer(name) !== undefined || name === inspection.input.name) continue;
    throw new PixelgradError(
      "TENSOR_NOT_FOUND",
      `The model has no weight and no tensor named '${name}', which is to be trained.`,
      { name },
    );
  }
  const named = weights.map((name) => wiring.constantName(name) as string);
  const after = tensors.length === 0 ? [] : orRefuse(behind(wiring, way, tensors), tensors.join(", "));
  return orRefuse([...new Set([...named, ...after])], trainable.join(", "));
}

/** Weights of the nodes of `way` that none of `tensors` depends on. */
function behind(wiring: Wiring, way: readonly NodeProto[], tensors: readonly string[]): string[] {
  const before = new Set(wiring.ancestors(tensors));
  const uses = [...weightUses(wiring, way)];
  // A weight that both sides use stays as it is: training it would move the frozen side.
  const frozen = new Set(uses.filter(([node]) => before.has(node)).flatMap(([, names]) => names));
  const used = uses.filter(([node]) => !before.has(node)).flatMap(([, names]) => names);
  return [...new Set(used)].filter((name) => !frozen.has(name));
}

function orRefuse(names: string[], trainable: string): string[] {
  if (names.length > 0) return names;
  throw new PixelgradError(
    "NOTHING_TRAINABLE",
    `There is no float weight to train at '${trainable}' on the way to the logits: name a tensor nearer to the image.`,
    { trainable },
  );
}
