/** A model's message from the bytes of a file, checked as far as its bytes go. @module */
import { fromBinary } from "@bufbuild/protobuf";
import { checkGraph } from "./check-graph.ts";
import { checkOutputs } from "./check-outputs.ts";
import { checkTensors } from "./check-tensors.ts";
import { damaged } from "./damaged.ts";
import { withOnePackedRun } from "./one-packed-run.ts";
import { type ModelProto, ModelProtoSchema } from "./onnx_pb.ts";
import { surveyWire } from "./survey-wire.ts";

/**
 * Tensors are views of `bytes`; those in other files are left as they are.
 * @throws PixelgradError `MODEL_DAMAGED`; `MODEL_UNSUPPORTED` for more nodes than fit in memory.
 */
export function decodeModel(bytes: Uint8Array, model: string): ModelProto {
  const { scattered } = surveyWire(bytes, model);
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, scattered ? withOnePackedRun(bytes, model) : bytes);
  } catch (cause) {
    throw damaged(model, "it is not a protobuf message of the ONNX format, or it is cut short", cause);
  }
  const { graph } = proto;
  if (graph === undefined || graph.node.length === 0) throw damaged(model, "it has no graph");
  if (graph.output.length === 0) throw damaged(model, "its graph has no output");
  if (proto.opsetImport.length === 0) throw damaged(model, "it names no operator set");
  checkTensors(proto, model);
  checkGraph(graph, model);
  checkOutputs(proto, model);
  return proto;
}
