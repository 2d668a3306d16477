/** The table of `inspect`: where a new head could start, and what lies before it. @module */
import type { CandidateFeature } from "@pixelgrad/onnx";
import { millions, table } from "./table.ts";

export function featureTable(features: readonly CandidateFeature[]): string {
  if (features.length === 0) return "no tensor that a new head could start from\n";
  const rows = features.map(({ name, dims, stride, parameters, multiplyAdds }) => [
    name,
    String(stride),
    parameters.toLocaleString("en"),
    millions(multiplyAdds),
    `[${dims.join(", ")}]`,
  ]);
  return table(["--features", "stride", "parameters before", "multiply-adds before", "dims"], rows);
}
