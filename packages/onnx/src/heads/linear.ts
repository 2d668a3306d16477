/** A linear classifier of every pixel's features. @module */
import type { Head } from "./head.ts";
import type { Planes } from "./head-writer.ts";

/**
 * ```text
 * features ─ 1×1 classifier ─ logits
 * ```
 * The linear probe of a frozen network: what its features tell without any layer between.
 */
export const linear: Head = {
  takes: ["features"],
  lowStrides: [],
  async build(write, { features, channels }) {
    const [x] = features as [Planes];
    return write.classifier(x, channels);
  },
};
