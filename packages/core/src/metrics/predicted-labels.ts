/** Labels from logits. @module */
import { elementCount, type Tensor } from "../tensor.ts";

/**
 * Labels `[N, ...spatial]` of logits `[N, C, ...spatial]`: the largest channel (the first of equals), or, with one
 * channel, 1 where the logit is above 0 (a probability above one half).
 */
export function predictedLabels(logits: Tensor): Tensor<Uint16Array> {
  const [images, classes, ...spatial] = logits.dims as [number, number, ...number[]];
  const pixels = elementCount(spatial);
  const { data } = logits;
  const labels = new Uint16Array(images * pixels);
  for (let image = 0; image < images; image++) {
    for (let i = 0; i < pixels; i++) {
      const at = image * classes * pixels + i;
      let best = 0;
      for (let c = 1; c < classes; c++) if (data[at + c * pixels] > data[at + best * pixels]) best = c;
      labels[image * pixels + i] = classes === 1 ? (Number(data[at]) > 0 ? 1 : 0) : best;
    }
  }
  return { data: labels, dims: [images, ...spatial] };
}
