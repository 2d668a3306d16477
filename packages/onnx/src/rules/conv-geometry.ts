/** The attributes of a 2-D convolution, resolved for static dims. @module */
import { PixelgradError } from "@pixelgrad/core";
import { intAttribute, intsAttribute, stringAttribute } from "../graph/attributes.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";

type Pair = readonly [number, number];

export interface ConvGeometry {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  readonly group: number;
}

/**
 * Geometry of a Conv of `x` `[1, C, H, W]` with `w` `[M, C / group, kh, kw]`.
 * @throws PixelgradError `GRADIENT_UNSUPPORTED` for other than two spatial dims.
 */
export function convGeometry(node: NodeProto, x: readonly number[], w: readonly number[]): ConvGeometry {
  if (x.length !== 4) {
    throw new PixelgradError(
      "GRADIENT_UNSUPPORTED",
      `${node.opType} '${node.name}' has ${x.length - 2} spatial dims; gradients are there for 2.`,
      { op: node.opType, node: node.name },
    );
  }
  const kernel = [w[2], w[3]] as [number, number];
  const strides = intsAttribute(node, "strides", [1, 1]) as [number, number];
  const dilations = intsAttribute(node, "dilations", [1, 1]) as [number, number];
  const group = intAttribute(node, "group", 1);
  const given = intsAttribute(node, "pads", [0, 0, 0, 0]) as [number, number, number, number];
  const mode = stringAttribute(node, "auto_pad", "NOTSET");
  if (mode === "NOTSET") return { kernel, strides, dilations, pads: given, group };
  if (mode === "VALID") return { kernel, strides, dilations, pads: [0, 0, 0, 0], group };
  const [top, bottom] = samePads(x[2] as number, kernel[0], strides[0], dilations[0], mode);
  const [left, right] = samePads(x[3] as number, kernel[1], strides[1], dilations[1], mode);
  return { kernel, strides, dilations, pads: [top, left, bottom, right], group };
}

/** Pads that make the output ceil(input / stride); the odd one goes to the end for SAME_UPPER. */
function samePads(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  mode: string,
): [number, number] {
  const output = Math.ceil(size / stride);
  const total = Math.max(0, (output - 1) * stride + dilation * (kernel - 1) + 1 - size);
  const small = Math.floor(total / 2);
  return mode === "SAME_UPPER" ? [small, total - small] : [total - small, small];
}
