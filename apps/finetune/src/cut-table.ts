/** The table of `inspect`: what `--trainable` can be, and what each choice takes. @module */
import { elementCount } from "@pixelgrad/core";
import type { CandidateCut } from "@pixelgrad/onnx";
import { millions, table } from "./table.ts";

/** Features of one image that are named; the rest are counted. */
const NAMED_FEATURES = 3;

export function cutTable(cuts: readonly CandidateCut[]): string {
  const head = ["--trainable", "parameters", "multiply-adds", "kept per image", "cut at"];
  const rows = cuts.map((cut) => [
    cut.trainable,
    cut.parameters.toLocaleString("en"),
    millions(cut.multiplyAdds),
    megabytes(cut),
    featuresOf(cut) + (cut.withoutRule.length === 0 ? "" : `; no gradient of ${cut.withoutRule.join(", ")}`),
  ]);
  return table(head, rows);
}

function featuresOf({ features }: CandidateCut): string {
  const named = features.slice(0, NAMED_FEATURES).map(({ name, dims, stride }) => {
    const at = stride === undefined ? "" : ` at 1/${stride}`;
    return `${name} [${dims.join(", ")}]${at}`;
  });
  const more = features.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function megabytes({ features }: CandidateCut): string {
  const bytes = features.reduce((total, { dims }) => total + 4 * elementCount(dims), 0);
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
