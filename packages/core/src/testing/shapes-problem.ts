import { elementCount, type Tensor } from "../tensor.ts";
import { seededRandom, uniformArray } from "./random.ts";

export interface ShapesProblem {
  readonly logits: Tensor<Float32Array>;
  readonly target: Tensor<Uint8Array>;
}

/**
 * Labels of a few boxes per class on class 0, and logits that hold other boxes by `margin`, with noise: errors that are
 * thick enough to have distances and skeletons. A share `ignored` of the labels is 255.
 */
export function shapesProblem(
  seed: number,
  dims: readonly [images: number, classes: number, ...spatial: number[]],
  { margin = 3, ignored = 0 }: { readonly margin?: number; readonly ignored?: number } = {},
): ShapesProblem {
  const random = seededRandom(seed);
  const [images, classes, ...spatial] = dims;
  const pixels = elementCount(spatial);
  const boxes = (): Uint8Array => {
    const labels = new Uint8Array(pixels);
    for (let c = 1; c < Math.max(2, classes); c++) {
      const low = spatial.map((length) => Math.floor(random() * length * 0.7));
      const high = spatial.map((length, axis) => low[axis] + 1 + Math.floor(random() * length * 0.7));
      for (let i = 0; i < pixels; i++) {
        let rest = i;
        let inside = true;
        for (let axis = spatial.length - 1; axis >= 0; axis--) {
          const at = rest % spatial[axis];
          rest = Math.floor(rest / spatial[axis]);
          inside &&= at >= low[axis] && at < high[axis];
        }
        if (inside) labels[i] = c;
      }
    }
    return labels;
  };
  const data = uniformArray(random, images * classes * pixels);
  const target = new Uint8Array(images * pixels);
  for (let n = 0; n < images; n++) {
    target.set(boxes(), n * pixels);
    boxes().forEach((label, i) => {
      for (let c = 0; c < classes; c++) {
        const predicted = classes === 1 ? label === 1 : label === c;
        data[(n * classes + c) * pixels + i] += predicted ? margin : -margin;
      }
    });
  }
  for (let i = 0; i < target.length; i++) if (random() < ignored) target[i] = 255;
  return {
    logits: { data, dims },
    target: { data: target, dims: classes === 1 ? dims : [images, ...spatial] },
  };
}
