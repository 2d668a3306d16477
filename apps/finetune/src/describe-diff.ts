/** A difference of two models as lines of text: `~` changed, `+` added, `-` removed. */
import { elementCount } from "@pixelgrad/core";
import type { Difference, ModelDiff, TensorChange } from "@pixelgrad/onnx";

/** Longer metadata is cut; `--json` has it whole. */
const LONGEST_TEXT = 60;

export function describeDiff(diff: ModelDiff): string {
  const { tensors, nodes, inputs, outputs, metadata, opsets, other, same } = diff;
  if (same) return `no difference in ${tensors.unchanged} tensors and ${nodes.unchanged} nodes\n`;
  const value = ({ name, type, dims }: Typed): string => `${name} ${typed({ type, dims })}`;
  const entry = ({ name, value }: { readonly name: string; readonly value: string }): string =>
    `${name} ${short(value)}`;
  const lines = [
    ...section("tensors", tensors, value, tensorChange),
    ...section(
      "nodes",
      nodes,
      ({ op, output }) => `${output} ${op}`,
      ({ output, before, after, what }) => `${output} ${what.join(", ")}: ${before} → ${after}`,
    ),
    ...section("inputs", inputs, value, typedChange),
    ...section("outputs", outputs, value, typedChange),
    ...section(
      "metadata",
      metadata,
      entry,
      ({ name, before, after }) => `${name} ${short(before)} → ${short(after)}`,
    ),
    ...section("opsets", opsets, entry, ({ name, before, after }) => `${name} ${before} → ${after}`),
    ...(other.length === 0 ? [] : [`${"other".padEnd(8)}  ${other.join(", ")}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

interface Typed {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

interface TypedChange {
  readonly name: string;
  readonly before: Omit<Typed, "name">;
  readonly after: Omit<Typed, "name">;
}

/** Nothing where there is no difference. */
function section<Item, Change>(
  title: string,
  { added, removed, changed, unchanged }: Difference<Item, Change>,
  item: (item: Item) => string,
  change: (change: Change) => string,
): string[] {
  const counts = { changed: changed.length, added: added.length, removed: removed.length, unchanged };
  if (counts.changed + counts.added + counts.removed === 0) return [];
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `${title.padEnd(8)}  ${told.map(([what, count]) => `${count} ${what}`).join(", ")}`,
    ...changed.map((one) => `  ~ ${change(one)}`),
    ...added.map((one) => `  + ${item(one)}`),
    ...removed.map((one) => `  - ${item(one)}`),
  ];
}

function tensorChange({ name, before, after, elementsChanged, largestChange }: TensorChange): string {
  const from = typed(before);
  if (from !== typed(after)) return typedChange({ name, before, after });
  if (elementsChanged === undefined || largestChange === undefined) return `${name} ${from}`;
  const count = elementCount(before.dims);
  return `${name} ${from}: ${elementsChanged} of ${count} numbers, by ${Number(largestChange.toPrecision(3))} at most`;
}

function typedChange({ name, before, after }: TypedChange): string {
  const to = before.type === after.type ? `[${after.dims.join(", ")}]` : typed(after);
  return `${name} ${typed(before)} → ${to}`;
}

function typed({ type, dims }: Omit<Typed, "name">): string {
  return `${type} [${dims.join(", ")}]`;
}

function short(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}
