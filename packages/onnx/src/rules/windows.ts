/**
 * Where windows lie: what Conv, ConvTranspose and the pools have in common. Along each axis, tap k of the window at place
 * i covers
 *
 *   i * stride + k * dilation - before
 *
 * of the tensor below, or nothing where that is outside of it.
 *
 * @module
 */
import { intsAttribute, stringAttribute } from "../graph/attributes.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";

/** A number per spatial axis. */
type PerAxis = readonly number[];

export interface Windows {
  readonly kernel: PerAxis;
  readonly strides: PerAxis;
  readonly dilations: PerAxis;
  /** From the first tap of a window to its last. */
  readonly reach: PerAxis;
  /** How many windows there are. */
  readonly places: PerAxis;
  /** The size of the tensor they lie over. */
  readonly covered: PerAxis;
  /** How far the first window begins before the tensor. */
  readonly before: PerAxis;
  /** How far the last window ends behind the tensor; negative where it ends inside. */
  readonly after: PerAxis;
}

/** Conv and pools: windows over the spatial dims of X, a place for each pixel of Y. */
export function windowsOver(node: NodeProto, kernel: PerAxis, x: PerAxis, y: PerAxis): Windows {
  const steps = stepsOf(node, kernel);
  const mode = stringAttribute(node, "auto_pad", "NOTSET");
  const pads = intsAttribute(node, "pads", []);
  const before = x.map((size, axis) => {
    const total = Math.max(0, whole(steps, y, axis) - size);
    return mode === "NOTSET" ? (pads[axis] ?? 0) : beginOf(mode, total);
  });
  return laid(steps, y, x, before);
}

/** ConvTranspose: windows over the spatial dims of Y, a place for each pixel of X. */
export function windowsUnder(node: NodeProto, kernel: PerAxis, x: PerAxis, y: PerAxis): Windows {
  const steps = stepsOf(node, kernel);
  const mode = stringAttribute(node, "auto_pad", "NOTSET");
  const pads = intsAttribute(node, "pads", []);
  const added = intsAttribute(node, "output_padding", []);
  const sized = intsAttribute(node, "output_shape", []).length > 0;
  const before = y.map((size, axis) => {
    // Without output_shape, SAME asks for the size of X times the stride.
    const target = sized ? size : (x[axis] as number) * (steps.strides[axis] as number);
    const total = Math.max(0, whole(steps, x, axis) + (added[axis] ?? 0) - target);
    if (sized || mode.startsWith("SAME")) return beginOf(mode === "SAME_UPPER" ? mode : "SAME_LOWER", total);
    return mode === "VALID" ? 0 : (pads[axis] ?? 0);
  });
  return laid(steps, x, y, before);
}

/** Every position in a grid of these dims, the last axis first. */
export function positions(dims: readonly number[]): number[][] {
  return dims.reduce<number[][]>(
    (heads, size) => heads.flatMap((head) => Array.from({ length: size }, (_, i) => [...head, i])),
    [[]],
  );
}

type Steps = Pick<Windows, "kernel" | "strides" | "dilations" | "reach">;

function stepsOf(node: NodeProto, kernel: PerAxis): Steps {
  const ones = kernel.map(() => 1);
  const dilations = intsAttribute(node, "dilations", ones);
  return {
    kernel,
    strides: intsAttribute(node, "strides", ones),
    dilations,
    reach: kernel.map((taps, axis) => (taps - 1) * (dilations[axis] as number)),
  };
}

/** From the beginning of the first window to the end of the last. */
function whole({ strides, reach }: Steps, places: PerAxis, axis: number): number {
  return ((places[axis] as number) - 1) * (strides[axis] as number) + (reach[axis] as number) + 1;
}

/** What of the padding lies at the beginning: an odd one goes to the end for SAME_UPPER. */
function beginOf(mode: string, total: number): number {
  if (mode === "VALID") return 0;
  return mode === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
}

function laid(steps: Steps, places: PerAxis, covered: PerAxis, before: PerAxis): Windows {
  const after = covered.map((size, axis) => whole(steps, places, axis) - size - (before[axis] as number));
  return { ...steps, places, covered, before, after };
}
