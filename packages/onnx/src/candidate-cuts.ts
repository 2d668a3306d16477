/** Places to cut a model for training, and what training behind each would take. @module */
import { elementCount } from "@pixelgrad/core";
import { cutBefore } from "./graph/cut.ts";
import { gradientPath } from "./graph/gradient-path.ts";
import { inspect } from "./graph/inspect.ts";
import { multiplyAdds } from "./graph/multiply-adds.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";
import { waists } from "./graph/waists.ts";
import { Wiring } from "./graph/wiring.ts";
import { imageDims } from "./image-dims.ts";
import { ruleOf } from "./rules/registry.ts";
import { KnownValues } from "./runtime/known-values.ts";
import { type Trainable, trainableWeights } from "./trainable.ts";

export interface CandidateCut {
  /** What to give as `trainable`: `last`, `decoder`, `all`, or the tensor behind which all is trained. */
  readonly trainable: string;
  /** Tensors that cross the cut: what is kept of each image. */
  readonly features: readonly CutFeature[];
  readonly weights: readonly string[];
  /** Numbers in those weights. */
  readonly parameters: number;
  /** Multiply-adds of one image behind the cut, forward; backward takes about twice as many. */
  readonly multiplyAdds: number;
  /** Operators behind the cut that have no gradient rule; training there is refused. */
  readonly withoutRule: readonly string[];
}

export interface CutFeature {
  readonly name: string;
  readonly dims: readonly number[];
  /** Pixels of the image's height per pixel of the feature's; undefined for a single pixel, and other than four axes. */
  readonly stride: number | undefined;
}

/** Tensors on offer besides `last`, `decoder` and `all`. */
const MOST_TENSORS = 8;

/**
 * Cuts from the classifier towards the image, each with more weights than the one before.
 * @throws PixelgradError of `inspect`; `MODEL_UNSUPPORTED` for a size the model does not take.
 */
export async function candidateCuts(
  model: OnnxModel,
  size: readonly [number, number],
): Promise<readonly CandidateCut[]> {
  const inspection = inspect(model);
  const { input, logits, classifier } = inspection;
  const known = await KnownValues.of(model, input.name, imageDims(model, input, size));
  const wiring = Wiring.of(model.graph);
  const dims = (name: string) => known.dims(name);
  const describe = (label: string, trainable: Trainable): CandidateCut => {
    const weights = trainableWeights(trainable, { wiring, inspection, dims });
    const { nodes, features } = cutBefore(wiring, logits, new Set(weights), input.name);
    const ends = { nodes, output: logits, parameters: weights, type: (name: string) => known.type(name) };
    const withoutRule = gradientPath(ends).nodes.filter((node) => ruleOf(node) === undefined);
    return {
      trainable: label,
      features: features.map((name) => feature(name, dims(name) ?? [], size)),
      weights,
      parameters: weights.reduce((total, name) => total + elementCount(dims(name) ?? []), 0),
      multiplyAdds: nodes.reduce((total, node) => total + multiplyAdds(node, dims), 0),
      withoutRule: [...new Set(withoutRule.map(({ opType }) => opType))],
    };
  };
  const last = describe("last", "last");
  const named = [last, ...(["decoder", "all"] as const).map((choice) => describe(choice, choice))];
  // The layer itself is the last to cut before. A bias of one number that is added behind it counts for `last` alone.
  const tensors = waists(wiring, input.name, classifier.node.output[0] as string)
    .map((name) => describe(name, [name]))
    .filter(({ parameters }) => !named.some((cut) => cut.parameters === parameters))
    .filter(({ parameters }) => parameters > last.parameters);
  const distinct = tensors.filter(({ parameters }, i) => parameters !== tensors[i + 1]?.parameters);
  return [...named, ...spread(distinct, MOST_TENSORS)].sort((a, b) => a.parameters - b.parameters);
}

function feature(name: string, dims: readonly number[], [height]: readonly [number, number]): CutFeature {
  const [, , rows] = dims;
  const stride = dims.length === 4 && rows && rows > 1 ? Math.round(height / rows) : undefined;
  return { name, dims, stride };
}

/** At most `count` of `all`, evenly from first to last. */
function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  const step = (all.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => all[Math.round(i * step)] as T);
}
