/**
 * Activations over whole tensors, in float64 per element and float32 out: for looking at predictions and for tests.
 * Losses take logits and never call these.
 *
 * @module
 */
import { PixelgradError } from "./errors.ts";
import { optionInvalid } from "./options.ts";
import * as reference from "./reference/activations.ts";
import { checkTensor, elementCount, formatDims, positionOf, type Tensor } from "./tensor.ts";

/**
 * 1 / (1 + exp(-x)) of each element; dims as given.
 * @throws PixelgradError `TYPE_MISMATCH`, `SHAPE_MISMATCH`.
 */
export function sigmoid(logits: Tensor): Tensor<Float32Array> {
  checkTensor("Logits", logits);
  const { data: x, dims } = logits;
  const data = new Float32Array(x.length);
  for (let i = 0; i < data.length; i++) data[i] = reference.sigmoid(Number(x[i]));
  return { data, dims };
}

/**
 * Softmax over the channels of `[N, C, ...spatial]`.
 * @throws PixelgradError `TYPE_MISMATCH`, `SHAPE_MISMATCH`.
 */
export function softmax(logits: Tensor): Tensor<Float32Array> {
  return overChannels(logits, reference.softmax);
}

/**
 * Logarithm of the softmax over the channels of `[N, C, ...spatial]`.
 * @throws PixelgradError `TYPE_MISMATCH`, `SHAPE_MISMATCH`.
 */
export function logSoftmax(logits: Tensor): Tensor<Float32Array> {
  return overChannels(logits, reference.logSoftmax);
}

/**
 * Labels `[N, ...spatial]` as `[N, C, ...spatial]` of 0 and 1; a label in `ignore` becomes all 0.
 * @throws PixelgradError `LABEL_OUT_OF_RANGE`, `TYPE_MISMATCH`, `SHAPE_MISMATCH`, `OPTION_INVALID`.
 */
export function oneHot(labels: Tensor, classes: number, ignore: readonly number[] = []): Tensor<Uint8Array> {
  checkTensor("Labels", labels);
  if (!(Number.isInteger(classes) && classes > 0)) {
    throw optionInvalid("oneHot", "classes", classes, "a whole number of at least 1");
  }
  const [images = 1, ...spatial] = labels.dims;
  const pixels = elementCount(spatial);
  const data = new Uint8Array(images * classes * pixels);
  for (let at = 0; at < labels.data.length; at++) {
    const label = Number(labels.data[at]);
    if (ignore.includes(label)) continue;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      const position = positionOf(at, labels.dims);
      throw new PixelgradError(
        "LABEL_OUT_OF_RANGE",
        `Label ${label} at [${position}] is no class: labels must be integers from 0 to ${classes - 1}.`,
        { label, classes, position },
      );
    }
    const image = Math.floor(at / pixels);
    data[(image * classes + label) * pixels + (at % pixels)] = 1;
  }
  return { data, dims: [images, classes, ...spatial] };
}

function overChannels(logits: Tensor, activation: (x: Float64Array) => Float64Array): Tensor<Float32Array> {
  checkTensor("Logits", logits);
  const { data, dims } = logits;
  if (dims.length < 2) {
    throw new PixelgradError("SHAPE_MISMATCH", `Expected dims [N, C, ...spatial], got ${formatDims(dims)}.`, {
      expected: [0, 0],
      got: dims,
    });
  }
  const [images, classes, ...spatial] = dims as [number, number, ...number[]];
  const pixels = elementCount(spatial);
  const out = new Float32Array(data.length);
  const column = new Float64Array(classes);
  for (let image = 0; image < images; image++) {
    for (let i = 0; i < pixels; i++) {
      const at = image * classes * pixels + i;
      for (let c = 0; c < classes; c++) column[c] = Number(data[at + c * pixels]);
      activation(column).forEach((v, c) => {
        out[at + c * pixels] = v;
      });
    }
  }
  return { data: out, dims };
}
