/** Labels from whatever a segmentation model's output is. @module */
import { predictedLabels, type Tensor } from "@pixelgrad/core";
import type { SegmentationOutput } from "@pixelgrad/onnx";

export interface LabelMap {
  readonly labels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** Labels `[H, W]` of one image: the largest channel, or for one channel whether it is above 0 (logits) or 0.5. */
export function outputLabels(
  output: Tensor,
  { kind, layout }: Pick<SegmentationOutput, "kind" | "layout">,
): LabelMap {
  if (kind === "argmax" || kind === "threshold") {
    const last = output.dims.length === 4 && layout === "NHWC" ? 3 : output.dims.length;
    const [height, width] = output.dims.slice(last - 2, last);
    return {
      labels: Uint8Array.from(output.data as ArrayLike<number | bigint>, Number),
      height: height as number,
      width: width as number,
    };
  }
  const first = layout === "NCHW" ? output : channelsFirst(output);
  const [, channels, height, width] = first.dims as [number, number, number, number];
  const shifted = channels === 1 && kind === "sigmoid" ? aboveHalf(first) : first;
  return { labels: Uint8Array.from(predictedLabels(shifted).data), height, width };
}

/** A probability above one half is a number above 0. */
function aboveHalf({ data, dims }: Tensor): Tensor<Float32Array> {
  return { data: Float32Array.from(data as Float32Array, (p) => p - 0.5), dims };
}

function channelsFirst({ data, dims }: Tensor): Tensor<Float32Array> {
  const [images, height, width, channels] = dims as [number, number, number, number];
  const pixels = height * width;
  const out = new Float32Array(data.length);
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < pixels; i++) {
      for (let c = 0; c < channels; c++) {
        out[(n * channels + c) * pixels + i] = Number(data[(n * pixels + i) * channels + c]);
      }
    }
  }
  return { data: out, dims: [images, channels, height, width] };
}
