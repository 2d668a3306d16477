/**
 * Files hold one image, `[C, ...spatial]`, or a batch, `[N, C, ...spatial]`, and may leave out the 1 of a batch of one:
 * which it is follows from the dims of both files.
 *
 * @module
 */
import { formatDims, PixelgradError } from "@pixelgrad/core";

export interface BatchDims {
  /** `[N, C, ...spatial]`. */
  readonly logits: readonly number[];
  /** `[N, ...spatial]` or `[N, C, ...spatial]`. */
  readonly mask: readonly number[];
}

/** Logits up to this rank are one image where both readings fit: `[C, height, width]`. */
const IMAGE_RANK = 3;

/**
 * The dims with N. Dims that fit in no reading come back as the likelier one, for the loss to refuse.
 * @throws PixelgradError `SHAPE_MISMATCH` for logits without a channel dimension.
 */
export function batchDims(logits: readonly number[], mask: readonly number[]): BatchDims {
  if (logits.length < IMAGE_RANK && sameDims(logits, mask.slice(-2))) {
    throw new PixelgradError(
      "SHAPE_MISMATCH",
      `Expected logits [C, ...spatial] or [N, C, ...spatial], got ${formatDims(logits)} for a mask of ${formatDims(mask)}: ` +
        `there is no channel. Save them as ${formatDims([1, ...logits])}.`,
      { expected: [1, ...logits], got: logits },
    );
  }
  const one = [1, ...logits];
  const readings: BatchDims[] = [
    { logits: one, mask },
    { logits: one, mask: [1, ...mask] },
  ];
  if (logits.length <= IMAGE_RANK) readings.push({ logits, mask });
  else readings.unshift({ logits, mask });
  return readings.find(fits) ?? readings[0]!;
}

function fits({ logits, mask }: BatchDims): boolean {
  const [images, , ...spatial] = logits;
  return sameDims(mask, logits) || sameDims(mask, [images ?? 1, ...spatial]);
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}
