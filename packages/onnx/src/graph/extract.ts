/** A part of a model as a model of its own. @module */
import { edited } from "./edited.ts";
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.ts";
import { OnnxModel } from "./onnx-model.ts";

/** Since this version of the format an initialiser need not be listed as an input. */
export const FREE_INITIALIZERS = 4n;

export interface Part {
  /** In graph order. */
  readonly nodes: readonly NodeProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly constants: readonly TensorProto[];
}

/** Operator sets and local functions stay those of `model`; metadata and descriptions of values do not. */
export function extract(model: OnnxModel, { nodes, inputs, outputs, constants }: Part): OnnxModel {
  const { irVersion } = model.proto;
  const graph = edited<GraphProto>(model.graph, {
    node: [...nodes],
    input: [...inputs],
    output: [...outputs],
    initializer: [...constants],
    valueInfo: [],
  });
  return OnnxModel.of(
    edited(model.proto, {
      graph,
      metadataProps: [],
      irVersion: irVersion < FREE_INITIALIZERS ? FREE_INITIALIZERS : irVersion,
    }),
    model.name,
  );
}
