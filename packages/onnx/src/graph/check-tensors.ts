/** All tensors of a model, wherever it keeps them. @module */
import { damaged, quoted } from "./damaged.ts";
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from "./onnx_pb.ts";
import { tensorFault } from "./tensor-size.ts";

/** Tensors of the graph, of the bodies in it, of attributes and of local functions. */
export function* tensorsOf({ graph, functions }: ModelProto): Generator<TensorProto> {
  const graphs: GraphProto[] = graph === undefined ? [] : [graph];
  const nodes: NodeProto[] = functions.flatMap(({ node }) => node);
  for (;;) {
    const node = nodes.pop();
    if (node !== undefined) {
      for (const attribute of node.attribute) {
        yield* tensorsOfAttribute(attribute);
        if (attribute.g !== undefined) graphs.push(attribute.g);
        for (const body of attribute.graphs) graphs.push(body);
      }
      continue;
    }
    const next = graphs.pop();
    if (next === undefined) return;
    yield* next.initializer;
    for (const sparse of next.sparseInitializer) yield* tensorsOfSparse(sparse);
    for (const inner of next.node) nodes.push(inner);
  }
}

function* tensorsOfAttribute({ t, tensors, sparseTensor }: AttributeProto): Generator<TensorProto> {
  if (t !== undefined) yield t;
  yield* tensors;
  if (sparseTensor !== undefined) yield* tensorsOfSparse(sparseTensor);
}

function* tensorsOfSparse({ values, indices }: SparseTensorProto): Generator<TensorProto> {
  if (values !== undefined) yield values;
  if (indices !== undefined) yield indices;
}

/** @throws PixelgradError `MODEL_DAMAGED` for the first tensor whose data does not fit its dims. */
export function checkTensors(proto: ModelProto, model: string): void {
  for (const tensor of tensorsOf(proto)) {
    const fault = tensorFault(tensor);
    if (fault !== undefined) throw damaged(model, `tensor ${quoted(tensor.name)}: ${fault}`);
  }
}
