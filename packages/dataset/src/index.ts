/** Images, segmentation masks and `.npy` arrays on disk, as tensors; and back. */
export type { Binary } from "./data-yaml.ts";
export { type Dataset, loadDataset, samplesOf } from "./dataset.ts";
export type { DatasetErrorCode } from "./errors.ts";
export { type ImageSpec, readImage } from "./image.ts";
export { IGNORED, type MaskSpec, readMask } from "./mask.ts";
export { type MaskValues, readMaskValues } from "./mask-values.ts";
export { parseNpy, readNpy, writeNpy } from "./npy.ts";
export { writeOverlay } from "./overlay.ts";
export { listImages, type Sample } from "./pairing.ts";
export { type Color, defaultPalette } from "./palette.ts";
export { writePaletteMask } from "./palette-mask.ts";
export { imageSize } from "./pixels.ts";
export type { PngForm } from "./png-structure.ts";
export {
  isPerChannel,
  isSize,
  type PerChannel,
  type Preprocess,
  requirePreprocess,
  type Size,
  usualPreprocess,
} from "./preprocess.ts";
export { requireClassIds } from "./require-class-ids.ts";
export { resizeNearest } from "./resize-nearest.ts";
export { type DecodedSample, readSample, type SampleSpec } from "./sample.ts";
export { writeAtomically } from "./write-atomically.ts";
