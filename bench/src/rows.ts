/** What is measured: a loss, a shape, who computes it too, and the target it is held to. @module */
import { elementCount } from "@pixelgrad/core";

/** Who else computes a row. */
export const peerNames = ["pixelgrad", "torch", "tfjs", "ort"] as const;
export type PeerName = (typeof peerNames)[number];

/** Bounds on ratios of times: peers over ours from below, ours over others from above. */
export interface RowTargets {
  /** PyTorch's time over ours, at equal threads. */
  readonly torch?: number;
  /** TensorFlow.js's time over ours, one thread. */
  readonly tfjs?: number;
  /** Our time over a copy of the logits, one thread. */
  readonly memcpy?: number;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  /** `peers` are compared; `scaling` compares numbers of threads. */
  readonly section: "peers" | "scaling";
  /** As `parseLoss` reads it, and as the scripts of peers look it up. */
  readonly loss: string;
  /** `[N, C, ...spatial]` of the logits; labels are `[N, ...spatial]`. */
  readonly dims: readonly number[];
  readonly peers: readonly PeerName[];
  readonly targets: RowTargets;
  /** What rounds in a peer's float32: sums, or also the steps of a sorted Jaccard index. */
  readonly rounding: "sums" | "jaccard steps";
}

const withTorch = ["pixelgrad", "torch"] as const;
const withOrt = ["pixelgrad", "torch", "ort"] as const;
const withTfjs = ["pixelgrad", "tfjs"] as const;

const megapixels8 = [8, 1, 1024, 1024];
const classes21 = [4, 21, 512, 512];

export const rows: readonly Row[] = [
  peerRow("bce", "BCE with logits", "binary-cross-entropy", megapixels8, withTorch, {
    torch: 8,
    memcpy: 5.5,
  }),
  peerRow("focal", "focal, gamma 2", "focal(gamma=2)", megapixels8, withTorch, { torch: 15, memcpy: 7 }),
  peerRow("ce", "cross-entropy", "cross-entropy", classes21, withOrt, { torch: 5.5, memcpy: 2.8 }),
  peerRow("dice", "soft Dice, softmax", "dice", classes21, withTorch, { torch: 12, memcpy: 3.8 }),
  peerRow("ce-dice", "cross-entropy + Dice", "cross-entropy + dice", classes21, withTorch, {
    torch: 14,
    memcpy: 4.2,
  }),
  peerRow("ce-150", "cross-entropy, 150 classes", "cross-entropy", [2, 150, 512, 512], withOrt, {
    torch: 6,
    memcpy: 2.8,
  }),
  peerRow("lovasz", "Lovász softmax", "lovasz-softmax", [1, 21, 512, 512], withTorch, { torch: 4 }),
  peerRow("tfjs-bce", "BCE with logits", "binary-cross-entropy", [8, 1, 512, 512], withTfjs, { tfjs: 12 }),
  peerRow("tfjs-ce", "cross-entropy", "cross-entropy", [1, 21, 512, 512], withTfjs, { tfjs: 25 }),
  scalingRow("scaling-bce-1m", "binary-cross-entropy", [4, 1, 512, 512]),
  scalingRow("scaling-bce-4m", "binary-cross-entropy", [4, 1, 1024, 1024]),
  scalingRow("scaling-focal-1m", "focal(gamma=2)", [4, 1, 512, 512]),
  scalingRow("scaling-ce-1m", "cross-entropy", classes21),
  scalingRow("scaling-dice-1m", "dice", classes21),
  scalingRow("scaling-ce-dice-1m", "cross-entropy + dice", classes21),
  scalingRow("scaling-lovasz-1m", "lovasz-softmax", classes21),
];

/** Images of this many pixels a side under `--quick`: odd, so that the last vector and piece are short. */
const QUICK_SIDE = 67;

/** The row at a size for tests: as many images and classes, few pixels. */
export function quick(row: Row): Row {
  const [images, classes, ...spatial] = row.dims as [number, number, ...number[]];
  return { ...row, dims: [images, classes, ...spatial.map(() => QUICK_SIDE)] };
}

export function pixelsOf({ dims: [images, , ...spatial] }: Row): number {
  return images! * elementCount(spatial);
}

function peerRow(
  id: string,
  title: string,
  loss: string,
  dims: readonly number[],
  peers: readonly PeerName[],
  targets: RowTargets,
): Row {
  return { id, title, section: "peers", loss, dims, peers, targets, rounding: roundingOf(loss) };
}

function scalingRow(id: string, loss: string, dims: readonly number[]): Row {
  return {
    id,
    title: loss,
    section: "scaling",
    loss,
    dims,
    peers: ["pixelgrad"],
    targets: {},
    rounding: roundingOf(loss),
  };
}

function roundingOf(loss: string): Row["rounding"] {
  return loss === "lovasz-softmax" ? "jaccard steps" : "sums";
}
