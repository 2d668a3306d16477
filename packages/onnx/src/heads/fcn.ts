/** The head of a fully convolutional network. @module */
import type { Head } from "./head.ts";
import type { Planes } from "./head-writer.ts";

/** A quarter of very few channels would be none to speak of. */
const LEAST_WIDTH = 32;

/**
 * ```text
 * features ─ 3×3 Conv ─ Relu ─ 1×1 classifier ─ logits
 * ```
 * After Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation" (CVPR 2015), with the
 * layers of torchvision's `FCNHead`: a quarter of the channels between them, here at least 32; no dropout.
 */
export const fcn: Head = {
  takes: ["features"],
  lowStrides: [],
  async build(write, { features, channels, width }) {
    const [x] = features as [Planes];
    const inner = width ?? Math.max(LEAST_WIDTH, Math.floor(x.channels / 4));
    const y = write.relu(write.conv(x, inner, "conv", { kernel: 3 }));
    return write.classifier(y, channels);
  },
};
