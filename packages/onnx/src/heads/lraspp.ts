/** Lite reduced atrous spatial pyramid pooling. @module */
import type { Head } from "./head.ts";
import type { Planes } from "./head-writer.ts";

const WIDTH = 128;

/**
 * ```text
 * high ┬ 1×1 Conv ─ Relu ──────────────── × ─ upsample ┐
 *      └ global average ─ 1×1 Conv ─ Sigmoid ┘         ├ concat ─ 1×1 classifier ─ logits
 * low ─────────────────────────────────────────────────┘
 * ```
 * After Howard et al., "Searching for MobileNetV3" (ICCV 2019), figure 10, as in torchvision's `LRASPPHead`: the gate is
 * pooled over the whole plane. There a classifier of `low` and one of `high` are added; that is one classifier of both
 * together, and one layer is what can be replaced later.
 */
export const lraspp: Head = {
  takes: ["low", "high"],
  lowStrides: [8, 4],
  async build(write, { features, channels, width = WIDTH }) {
    const [low, high] = features as [Planes, Planes];
    const x = write.relu(write.conv(high, width, "high"));
    const gate = write.sigmoid(write.conv(write.globalAverage(high, "pool"), width, "gate"));
    const up = await write.resize(write.multiply(x, gate, "gated"), low);
    return write.classifier(write.concat([low, up], "both"), channels);
  },
};
