/**
 * Whether a graph can be walked: every value has one maker, nodes stand in the order they run, and all that is read is made
 * before. The rest of this package relies on it.
 *
 * @module
 */
import { damaged, quoted } from "./damaged.ts";
import type { GraphProto, NodeProto } from "./onnx_pb.ts";

/** @throws PixelgradError `MODEL_DAMAGED` saying what is wrong at which node or value. */
export function checkGraph(graph: GraphProto, model: string): void {
  const fault = graphFault(graph, []);
  if (fault !== undefined) throw damaged(model, fault);
}

/**
 * What is wrong, as a clause. Recursive over the bodies of If, Loop and Scan, which the reader has found to be few levels
 * deep. A body reads the values around it that are made before its node, and may hide one of them behind its own of that
 * name: the format forbids it, the runtime does not.
 */
function graphFault(graph: GraphProto, around: readonly ReadonlySet<string>[]): string | undefined {
  const made = new Set<string>();
  const scopes = [...around, made];
  const isKnown = (value: string): boolean => scopes.some((scope) => scope.has(value));
  for (const { name } of graph.input) {
    if (made.has(name)) return `its graph has two inputs named ${quoted(name)}`;
    made.add(name);
  }
  const listed = new Set(made);
  for (const { name } of graph.initializer) {
    // An input of that name is its default; old files list all of them so.
    if (made.has(name) && !listed.delete(name)) return `it has two initialisers named ${quoted(name)}`;
    made.add(name);
  }
  for (const { values } of graph.sparseInitializer) made.add(values?.name ?? "");
  for (const node of graph.node) {
    const unknown = node.input.find((value) => value !== "" && !isKnown(value));
    if (unknown !== undefined) return unknownFault(graph, node, unknown);
    for (const { g, graphs } of node.attribute) {
      for (const body of g === undefined ? graphs : [g, ...graphs]) {
        const inside = graphFault(body, scopes);
        if (inside !== undefined) return `inside ${labelOf(node)}, ${inside}`;
      }
    }
    for (const value of node.output) {
      if (value === "") continue;
      if (made.has(value)) return `${labelOf(node)} makes ${quoted(value)}, which is made before it already`;
      made.add(value);
    }
  }
  const missing = graph.output.find(({ name }) => !isKnown(name));
  return missing === undefined ? undefined : `nothing makes its output ${quoted(missing.name)}`;
}

function unknownFault(graph: GraphProto, reader: NodeProto, value: string): string {
  const reads = `${labelOf(reader)} reads ${quoted(value)}`;
  if (!graph.node.some(({ output }) => output.includes(value)))
    return `${reads}, which nothing makes before it`;
  return leadsTo(graph, reader, value)
    ? `${reads}, which is made from what that node makes: its nodes form a ring`
    : `${reads}, which is made only after it: its nodes must stand in the order they run, so sort them`;
}

/** Whether `value` depends on what `from` makes. */
function leadsTo(graph: GraphProto, from: NodeProto, value: string): boolean {
  const readers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const read of new Set(node.input)) {
      const known = readers.get(read);
      if (known === undefined) readers.set(read, [node]);
      else known.push(node);
    }
  }
  const seen = new Set([from]);
  const open = [from];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.output.includes(value)) return true;
    for (const made of node.output) {
      for (const reader of readers.get(made) ?? []) {
        if (seen.has(reader)) continue;
        seen.add(reader);
        open.push(reader);
      }
    }
  }
  return false;
}

function labelOf({ opType, name, output }: NodeProto): string {
  return `${opType} ${quoted(name || (output[0] ?? ""))}`;
}
