/** The tensors of a model that a segmentation head could start from. @module */
import { elementCount } from "@pixelgrad/core";
import { elementType } from "./graph/element-types.ts";
import { featureLayout } from "./graph/feature-layout.ts";
import { imageInput } from "./graph/image-input.ts";
import { multiplyAdds } from "./graph/multiply-adds.ts";
import type { NodeProto } from "./graph/onnx_pb.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";
import { stageEnds } from "./graph/stages.ts";
import { dimsOf } from "./graph/tensor-proto.ts";
import { valuesRead, Wiring } from "./graph/wiring.ts";
import { imageDims } from "./image-dims.ts";
import { KnownValues } from "./runtime/known-values.ts";

export interface CandidateFeature {
  readonly name: string;
  /** `[1, channels, height, width]` */
  readonly dims: readonly [number, number, number, number];
  /** How many pixels of the image lie between two of the feature: the nearest power of two. */
  readonly stride: number;
  /** Numbers in the weights that it depends on, statistics of normalisations included. */
  readonly parameters: number;
  /** Multiply-adds per image of the layers that it depends on. */
  readonly multiplyAdds: number;
}

/**
 * The float tensors `[1, C, H, W]` at which a model changes resolution, in graph order: the last output of a block of
 * layers that all that follows goes through, of each run of one height and width. What the last layers make is none.
 * @param size - height and width of the image.
 * @throws PixelgradError `MODEL_UNSUPPORTED` for other than one image input, and for a size the model does not take.
 */
export async function candidateFeatures(
  model: OnnxModel,
  size: readonly [number, number],
): Promise<CandidateFeature[]> {
  const wiring = Wiring.of(model.graph);
  const input = imageInput(model);
  const known = await KnownValues.of(model, input.name, imageDims(model, input, size));
  return featuresAmong(wiring, known, size);
}

/** Those of a model whose dims are known already. */
export function featuresAmong(
  wiring: Wiring,
  known: KnownValues,
  size: readonly [number, number],
): CandidateFeature[] {
  const planes = (value: string): readonly number[] | undefined => {
    const dims = known.dims(value);
    return dims !== undefined && featureLayout(wiring, value, dims, size) === "NCHW" ? dims : undefined;
  };
  return stageEnds(wiring, planes)
    .filter((name) => /^float(16|32)$/.test(known.type(name) ?? ""))
    .map((name) => {
      const dims = known.shape(name) as CandidateFeature["dims"];
      const before = wiring.ancestors([name]);
      return {
        name,
        dims,
        stride: strideOf([dims[2], dims[3]], size),
        parameters: weightCount(wiring, before),
        multiplyAdds: before.reduce((sum, node) => sum + multiplyAdds(node, (value) => known.dims(value)), 0),
      };
    });
}

/** Paddings and odd sizes move it a little from a power of two. */
export function strideOf(
  [height, width]: readonly [number, number],
  [imageHeight, imageWidth]: readonly [number, number],
): number {
  return 2 ** Math.round(Math.log2((imageHeight * imageWidth) / (height * width)) / 2);
}

/** Element types of weights, quantised ones too. */
const weightTypes: ReadonlySet<number> = new Set([
  elementType.float,
  elementType.float16,
  elementType.int8,
  elementType.uint8,
]);

function weightCount(wiring: Wiring, nodes: readonly NodeProto[]): number {
  const names = nodes.flatMap(valuesRead).map((value) => wiring.constantName(value));
  let count = 0;
  for (const name of new Set(names)) {
    const tensor = name === undefined ? undefined : wiring.constant(name);
    if (tensor !== undefined && weightTypes.has(tensor.dataType)) {
      count += elementCount(dimsOf(tensor));
    }
  }
  return count;
}
