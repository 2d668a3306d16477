/** Nodes in place of others that compute the same values. @module */
import type { NodeProto } from "./onnx_pb.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { valuesRead, Wiring } from "./wiring.ts";

export interface NodeReplacement {
  /** In graph order; the last one makes the value that stays. */
  readonly old: readonly NodeProto[];
  /** Stand where the last of the old ones stood. */
  readonly made: readonly NodeProto[];
  /** What both read; all else that only the old ones read goes with them. */
  readonly shared: string;
}

export function replaceNodes(model: OnnxModel, { old, made, shared }: NodeReplacement): OnnxModel {
  const { graph } = model;
  const wiring = Wiring.of(graph);
  const gone = new Set<NodeProto>(old);
  const unread = new Set(old.slice(0, -1).flatMap(({ output }) => output));
  const outputs = new Set(graph.output.map(({ name }) => name));
  const isUnread = (value: string): boolean =>
    value !== shared && !outputs.has(value) && wiring.readers(value).every((reader) => gone.has(reader));
  const open = old.flatMap(valuesRead);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (!isUnread(value)) continue;
    unread.add(value);
    const producer = wiring.producer(value);
    if (producer === undefined || gone.has(producer) || !producer.output.every(isUnread)) continue;
    gone.add(producer);
    open.push(...valuesRead(producer));
  }
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  return model.withGraph({
    node: graph.node.flatMap((node) => (node === old.at(-1) ? made : gone.has(node) ? [] : [node])),
    initializer: graph.initializer.filter(({ name }) => !unread.has(name)),
    // The image is an input too, and stays one if nothing reads it any more.
    input: graph.input.filter(({ name }) => !unread.has(name) || !initializers.has(name)),
    valueInfo: graph.valueInfo.filter(({ name }) => !unread.has(name)),
  });
}
