/**
 * A float16 model as a float32 one: it computes the same but for the rounding of float16, which is then gone.
 *
 * @module
 */
import { edited } from "./edited.ts";
import { elementType } from "./element-types.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.ts";
import { OnnxModel } from "./onnx-model.ts";
import { readFloats, withoutData } from "./tensor-proto.ts";

/** Attributes that name an element type: of Cast, of random and window operators, of quantisation. */
const typeAttributes = new Set(["to", "dtype", "output_dtype", "output_datatype"]);

/**
 * The model with every float16 tensor, type and Cast made float32; inputs and outputs too. Names stay, so weights trained
 * in it go back into `model` with `withParameters`. All that is not float16 is shared.
 * @throws PixelgradError `TENSOR_UNSUPPORTED`, `MODEL_DAMAGED` for a tensor that cannot be read.
 */
export function inFloat32(model: OnnxModel): OnnxModel {
  const { proto, graph, name } = model;
  const functions = proto.functions.map((local) => edited(local, { node: local.node.map(widenNode) }));
  return OnnxModel.of(edited(proto, { graph: widenGraph(graph), functions }), name);
}

/** Recursive over the bodies of If and Loop, which the reader has found to be few levels deep. */
function widenGraph(graph: GraphProto): GraphProto {
  return edited<GraphProto>(graph, {
    node: graph.node.map(widenNode),
    initializer: graph.initializer.map(widenTensor),
    sparseInitializer: graph.sparseInitializer.map((sparse) =>
      sparse.values === undefined ? sparse : edited(sparse, { values: widenTensor(sparse.values) }),
    ),
    input: graph.input.map(widenValue),
    output: graph.output.map(widenValue),
    valueInfo: graph.valueInfo.map(widenValue),
  });
}

function widenNode(node: NodeProto): NodeProto {
  const attribute = node.attribute.map(widenAttribute);
  return attribute.every((a, i) => a === node.attribute[i]) ? node : edited<NodeProto>(node, { attribute });
}

function widenAttribute(attribute: AttributeProto): AttributeProto {
  const { name, i, t, g, tensors, graphs } = attribute;
  if (typeAttributes.has(name) && i === BigInt(elementType.float16)) {
    return edited(attribute, { i: BigInt(elementType.float) });
  }
  if (g !== undefined || graphs.length > 0) {
    return edited<AttributeProto>(attribute, {
      ...(g && { g: widenGraph(g) }),
      graphs: graphs.map(widenGraph),
    });
  }
  const [wide, several] = [t && widenTensor(t), tensors.map(widenTensor)];
  if (wide === t && several.every((tensor, at) => tensor === tensors[at])) return attribute;
  return edited<AttributeProto>(attribute, { ...(wide && { t: wide }), tensors: several });
}

function widenTensor(tensor: TensorProto): TensorProto {
  if (tensor.dataType !== elementType.float16) return tensor;
  const { data } = readFloats(tensor);
  return edited(withoutData(tensor), {
    dataType: elementType.float,
    rawData: new Uint8Array(data.buffer as ArrayBuffer),
  });
}

function widenValue(value: ValueInfoProto): ValueInfoProto {
  const { type } = value;
  if (type?.value.case !== "tensorType" || type.value.value.elemType !== elementType.float16) return value;
  const tensor = edited(type.value.value, { elemType: elementType.float });
  return edited(value, { type: edited(type, { value: { case: "tensorType", value: tensor } }) });
}
