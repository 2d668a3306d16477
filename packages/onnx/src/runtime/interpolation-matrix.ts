/**
 * What Resize does along one axis, as a matrix: the operator itself is run on the columns of an identity matrix, so no
 * coordinate formula is written down a second time.
 *
 * @module
 */
import { buildModel, type ModelParts, valueInfo } from "../graph/build.ts";
import { edited } from "../graph/edited.ts";
import type { NodeProto } from "../graph/onnx_pb.ts";
import { OnnxModel } from "../graph/onnx-model.ts";
import { floatTensor, intTensor } from "../graph/tensor-proto.ts";
import { openSession } from "./session.ts";

export interface AxisResize {
  /** The Resize or Upsample, whose attributes count. */
  readonly node: NodeProto;
  readonly opset: NonNullable<ModelParts["opset"]>;
  readonly from: number;
  readonly to: number;
  /** The scale the node is given; undefined when it is given sizes. */
  readonly scale: number | undefined;
}

/** `[to, from]`, row-major: the output along the axis is this matrix times the input. */
export async function interpolationMatrix({
  node,
  opset,
  from,
  to,
  scale,
}: AxisResize): Promise<Float32Array> {
  // A column per channel, one pixel wide. It gets wider, because the runtime copies what keeps its size by any scale.
  const columns = [1, from, from, 1];
  const identity = new Float32Array(from * from);
  for (let i = 0; i < from; i++) identity[i * from + i] = 1;
  const scaled = [1, 1, scale ?? to / from, 2];
  const scales = floatTensor("scales", [4], scaled);
  const sizes = intTensor("sizes", [1, from, to, 2]);
  const inputs = inputsFor(node, scale === undefined);
  const attribute = node.attribute
    // With the scale that follows from a policy, the policy has had its say.
    .filter(({ name }) => name !== "axes" && name !== "keep_aspect_ratio_policy")
    .map((a) => (a.name === "scales" ? edited(a, { floats: scaled }) : a));
  const model = buildModel({
    nodes: [edited(node, { attribute, input: [...inputs], output: ["y"], name: "resize" })],
    inputs: [valueInfo("x", columns)],
    outputs: [valueInfo("y")],
    initializers: [floatTensor("none", [0], []), scales, sizes].filter(({ name }) => inputs.includes(name)),
    opset,
  });
  const session = await openSession(OnnxModel.of(model).toBytes());
  try {
    const { y } = await session.run({ x: { data: identity, dims: columns } });
    const wide = y?.data as Float32Array;
    return Float32Array.from({ length: to * from }, (_, i) => {
      const [row, column] = [Math.floor(i / from), i % from];
      return wide[2 * (column * to + row)] as number;
    });
  } finally {
    await session.release();
  }
}

/** Upsample 7 takes x alone, its scales are an attribute; Upsample 9 and Resize 10 take x and scales; Resize 11 takes x, roi, scales and sizes. */
function inputsFor(node: NodeProto, bySize: boolean): readonly string[] {
  if (node.input.length === 1) return ["x"];
  if (node.opType === "Upsample" || node.input.length === 2) return ["x", "scales"];
  // Up to set 12 none of these may be left out.
  return bySize ? ["x", "none", "none", "sizes"] : ["x", "none", "scales"];
}
