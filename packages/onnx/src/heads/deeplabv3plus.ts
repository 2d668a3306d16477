/** A light DeepLabv3+: atrous spatial pyramid pooling and a decoder of one step. @module */
import type { Head } from "./head.ts";
import type { HeadWriter, Planes } from "./head-writer.ts";

const WIDTH = 128;
/** Of the low features, so that they do not outweigh the high ones. */
const LOW_WIDTH = 48;

/** Taps of the pyramid's kernels lie that far apart where a feature stands for 16 pixels. */
const RATES = [6, 12, 18];
const RATES_STRIDE = 16;

/**
 * ```text
 * high ┬ 1×1 Conv ──────────────────────────┐
 *      ├ 3×3 separable Conv, rate 1 of 3 ───┤
 *      ├ 3×3 separable Conv, rate 2 of 3 ───┼ concat ─ 1×1 Conv ─ upsample ┐
 *      ├ 3×3 separable Conv, rate 3 of 3 ───┤                              ├ concat ─ 3×3 Conv ─ 1×1 classifier ─ logits
 *      └ global average ─ 1×1 Conv ─ spread ┘                              │
 * low ─ 1×1 Conv ──────────────────────────────────────────────────────────┘
 * ```
 * After Chen et al., "Encoder-Decoder with Atrous Separable Convolution for Semantic Image Segmentation" (ECCV 2018),
 * figure 2, with half its channels and one 3×3 convolution in the decoder. A Relu follows every convolution but the
 * depthwise ones and the classifier. Rates are 6, 12 and 18 at stride 16, and cover as many pixels of the image at others.
 */
export const deeplabv3plus: Head = {
  takes: ["low", "high"],
  lowStrides: [4, 8],
  async build(write, { features, channels, width = WIDTH, size }) {
    const [low, high] = features as [Planes, Planes];
    const layer = (x: Planes, inner: number, label: string, kernel = 1): Planes =>
      write.relu(write.conv(x, inner, label, { kernel }));
    const scale = (RATES_STRIDE * high.size[0]) / size[0];
    const pyramid = RATES.map((rate, i) =>
      separable(write, high, width, `aspp/atrous${i + 1}`, Math.max(1, Math.round(rate * scale))),
    );
    const pooled = layer(write.globalAverage(high, "aspp/average"), width, "aspp/pooled");
    const branches = [layer(high, width, "aspp/pixel"), ...pyramid, await write.resize(pooled, high)];
    const projected = layer(write.concat(branches, "aspp/concat"), width, "aspp/project");
    const fine = layer(low, Math.min(LOW_WIDTH, low.channels), "low");
    const both = write.concat([await write.resize(projected, low), fine], "decoder/concat");
    return write.classifier(layer(both, width, "decoder/conv", 3), channels);
  },
};

/** A filter for each plane, then a 1×1 convolution over them. */
function separable(write: HeadWriter, x: Planes, width: number, label: string, rate: number): Planes {
  const { channels } = x;
  // No Relu in between: the pair is one convolution, factored.
  const deviation = Math.sqrt(1 / 9);
  const filtered = write.conv(x, channels, `${label}/depthwise`, {
    kernel: 3,
    rate,
    groups: channels,
    deviation,
  });
  return write.relu(write.conv(filtered, width, `${label}/pointwise`));
}
