/** Small segmentation networks, built node by node. */
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import {
  type Attributes,
  buildModel,
  elementType,
  floatTensor,
  node,
  OnnxModel,
  valueInfo,
} from "@pixelgrad/onnx";

export type Tail = "logits" | "softmax" | "sigmoid" | "argmax" | "argmax-uint8";

export interface NetworkOptions {
  readonly channels: number;
  readonly layout?: "NCHW" | "NHWC";
  readonly tail?: Tail;
  readonly opset?: number;
  /** Puts the activation before the transpose to NHWC, not after it. */
  readonly activationFirst?: boolean;
}

export const SIZE = 8;

/** Image → Conv stride 2 → Relu → 1x1 Conv `head` → Resize x2 → tail; the output is called `out`. */
export function segmentationNetwork({
  channels,
  layout = "NCHW",
  tail = "logits",
  opset = 13,
  activationFirst = false,
}: NetworkOptions): OnnxModel {
  const random = seededRandom(5);
  const last = layout === "NHWC";
  const axis = last && !activationFirst ? 3 : 1;
  const steps: [string, Attributes][] = [];
  if (tail === "softmax") steps.push(["Softmax", { axis }]);
  if (tail === "sigmoid") steps.push(["Sigmoid", {}]);
  if (tail.startsWith("argmax")) steps.push(["ArgMax", { axis }]);
  if (tail === "argmax-uint8") steps.push(["Cast", { to: elementType.uint8 }]);
  if (last) steps.splice(activationFirst ? 1 : 0, 0, ["Transpose", { perm: [0, 2, 3, 1] }]);
  const values = ["up", ...steps.slice(1).map((_, i) => `t${i}`), "out"];
  const labels = tail.startsWith("argmax");
  const type = { argmax: elementType.int64, "argmax-uint8": elementType.uint8 }[tail as string];
  const depth = labels ? 1 : channels;
  if (steps.length === 0) steps.push(["Identity", {}]);
  return OnnxModel.of(
    buildModel({
      nodes: [
        ...(last ? [node("Transpose", ["image"], ["planes"], { perm: [0, 3, 1, 2] })] : []),
        node("Conv", [last ? "planes" : "image", "w0", "b0"], ["c0"], {
          strides: [2, 2],
          pads: [1, 1, 1, 1],
        }),
        node("Relu", ["c0"], ["features"]),
        node("Conv", ["features", "head.w", "head.b"], ["low"]),
        node("Resize", ["low", "", "scales"], ["up"], { mode: "linear" }),
        ...steps.map(([op, attributes], i) => node(op, [values[i]!], [values[i + 1]!], attributes)),
      ],
      inputs: [valueInfo("image", last ? [1, SIZE, SIZE, 3] : [1, 3, SIZE, SIZE])],
      outputs: [valueInfo("out", last ? [1, SIZE, SIZE, depth] : [1, depth, SIZE, SIZE], type)],
      initializers: [
        floatTensor("w0", [4, 3, 3, 3], uniformArray(random, 108)),
        floatTensor("b0", [4], uniformArray(random, 4)),
        floatTensor("head.w", [channels, 4, 1, 1], uniformArray(random, 4 * channels)),
        floatTensor("head.b", [channels], uniformArray(random, channels)),
        floatTensor("scales", [4], [1, 1, 2, 2]),
      ],
      opset,
    }),
    "the test network",
  );
}
