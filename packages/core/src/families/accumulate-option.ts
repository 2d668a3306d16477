/** Whether the pixels of a batch are taken together, or those of each image. @module */
import type { OptionFields } from "../options.ts";

export interface AccumulateOptions {
  /** What is taken together: the `batch`, or each `image`, and the loss is then the mean over images. */
  readonly accumulate?: "batch" | "image";
}

/** @param what - what is done with the pixels, a clause. */
export function accumulateField(
  normal: "batch" | "image",
  what: "sums run" | "pixels are ranked" = "sums run",
): OptionFields {
  return {
    accumulate: {
      kind: "choice",
      values: ["batch", "image"],
      default: normal,
      doc: `Whether ${what} over the batch, or over each image, and the loss is then the mean over images.`,
    },
  };
}
