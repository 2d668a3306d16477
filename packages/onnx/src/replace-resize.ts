/**
 * The last resize between classifier and logits, with other coordinates. Exporters that write asymmetric coordinates for
 * a model that was trained with others shift its output by up to a cell of the feature map.
 *
 * @module
 */
import { PixelgradError } from "@pixelgrad/core";
import { stringAttribute } from "./graph/attributes.ts";
import { attribute, node } from "./graph/build.ts";
import { edited } from "./graph/edited.ts";
import { type Inspection, inspect } from "./graph/inspect.ts";
import type { NodeProto } from "./graph/onnx_pb.ts";
import type { OnnxModel } from "./graph/onnx-model.ts";
import { replaceNodes } from "./graph/replace-nodes.ts";
import { type AxisMatrix, resizeByMatrices } from "./graph/resize-matrices.ts";
import type { TailResize } from "./graph/tail-resize.ts";
import { Wiring } from "./graph/wiring.ts";
import { interpolationMatrix } from "./runtime/interpolation-matrix.ts";
import { KnownValues } from "./runtime/known-values.ts";

/** Pixels as squares whose centres are scaled, or corner pixels laid on corner pixels. */
export type ResizeCoordinates = "half-pixel" | "align-corners";

/** Attributes that mean the same under any coordinates; how nearest rounds does not. */
const keptAttributes = new Set(["mode", "cubic_coeff_a", "exclude_outside", "antialias"]);

/** A resize and the dims it takes and gives. */
interface SizedResize {
  readonly resize: TailResize;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * The model with its last resize between classifier and logits replaced by one of the same mode and sizes, with
 * `coordinates`, as two MatMuls with constant matrices. Names, types and dims of all other values stay. Runs the model
 * once, for its sizes.
 * @throws PixelgradError of `inspect`; `RESIZE_UNSUPPORTED` when there is no such resize, when the file leaves its sizes
 *   open, or when it does more than resize height and width.
 */
export async function replaceResize(model: OnnxModel, coordinates: ResizeCoordinates): Promise<OnnxModel> {
  const inspected = inspect(model);
  const { resize, from, to } = await lastResize(model, inspected);
  const last = resize.nodes.at(-1) as NodeProto;
  const input = resize.nodes[0]?.input[0] as string;
  const along = async (axis: number): Promise<AxisMatrix> => {
    const [source, target] = [from[axis] as number, to[axis] as number];
    const data = await interpolationMatrix({
      node: withCoordinates(resize, coordinates),
      opset: 18,
      from: source,
      to: target,
      scale: undefined,
    });
    return { data, dims: [target, source] };
  };
  const matrices = { height: await along(2), width: await along(3) };
  return replaceNodes(model, {
    old: resize.nodes,
    made: resizeByMatrices(input, last.output[0] as string, matrices),
    shared: input,
  });
}

/** The last resize that changes a size. */
async function lastResize(model: OnnxModel, { input, resizes }: Inspection): Promise<SizedResize> {
  const last = resizes.at(-1);
  if (last === undefined) throw none(model);
  const spatial = input.layout === "NCHW" ? [2, 3] : [1, 2];
  if (spatial.some((axis) => typeof input.dims[axis] !== "number")) {
    throw refused(
      last,
      `the file leaves the size of its input '${input.name}' [${input.dims.join(", ")}] open`,
    );
  }
  const dims = input.dims.map((dim, axis) => (typeof dim === "number" ? dim : axis === 0 ? 1 : 3));
  const known = await KnownValues.of(model, input.name, dims);
  const sized = resizes.map((resize) => ({
    resize,
    from: known.shape(resize.nodes[0]?.input[0] as string),
    to: known.shape(resize.nodes.at(-1)?.output[0] as string),
  }));
  const found = sized.findLast(({ from, to }) => from.join() !== to.join());
  if (found === undefined) throw none(model);
  requirePlain(found, Wiring.of(model.graph));
  return found;
}

/** Sizes that follow from the image's, and nothing but height and width stretched to them. */
function requirePlain({ resize, from, to }: SizedResize, wiring: Wiring): void {
  const { nodes, mode, coordinates } = resize;
  const [first] = nodes as [NodeProto];
  if (mode === undefined) throw refused(resize, "its matrices are no linear interpolation");
  const told = resize.op === "MatMul" ? [] : first.input.slice(1).filter((value) => value !== "");
  if (!told.every((value) => wiring.isStatic(value))) {
    throw refused(resize, "its output size depends on more than the size of the image");
  }
  const samePlanes = from.length === 4 && from[0] === to[0] && from[1] === to[1];
  const keepsAspect = stringAttribute(first, "keep_aspect_ratio_policy", "stretch") !== "stretch";
  if (!samePlanes || keepsAspect || coordinates === "tf-crop-and-resize") {
    throw refused(resize, "it does more than stretch height and width");
  }
}

/** A Resize of today that takes sizes, with what the old one says of its mode. */
function withCoordinates(
  { op, nodes, mode = "linear" }: TailResize,
  coordinates: ResizeCoordinates,
): NodeProto {
  const made = node("Resize", ["x", "", "", "sizes"], ["y"], {
    coordinate_transformation_mode: coordinates.replaceAll("-", "_"),
  });
  const kept =
    op === "MatMul"
      ? [attribute("mode", mode)]
      : (nodes[0]?.attribute.filter(({ name }) => keptAttributes.has(name)) ?? []);
  return edited(made, { attribute: [...made.attribute, ...kept] });
}

function none({ name }: OnnxModel): PixelgradError {
  const reason = "there is no final Resize to change";
  return new PixelgradError(
    "RESIZE_UNSUPPORTED",
    `${name} does not resize between its classifier and its logits: ${reason}: leave out --resize.`,
    { reason },
  );
}

function refused({ op, nodes }: TailResize, reason: string): PixelgradError {
  const last = nodes.at(-1) as NodeProto;
  const label = last.name || (last.output[0] as string);
  return new PixelgradError(
    "RESIZE_UNSUPPORTED",
    `The final ${op} '${label}' cannot be replaced by one of fixed sizes, because ${reason}: leave out --resize, or export the model again with a fixed image size and a plain Resize.`,
    { reason },
  );
}
