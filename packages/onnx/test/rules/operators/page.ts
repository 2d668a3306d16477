/** docs/operators.md: written from the operators and the measured errors of their cases, and read back by a test. */
import { readFileSync } from "node:fs";
import type { NamedCase, Operator } from "./operators.ts";

/** Of a case: the worst relative error of y and of a gradient. */
export interface CaseErrors {
  /** Undefined where PyTorch does not compute the case. */
  readonly torch: number | undefined;
  readonly differences: number;
}

export type Row = readonly [operator: string, rule: string, cases: string, ...errors: string[]];

export const pageFile: URL = new URL("../../../../../docs/operators.md", import.meta.url);

const RULES = "../packages/onnx/src/rules";
const HEAD = ["operator", "rule", "cases", "off PyTorch", "off differences"];

export function operatorPage(
  operators: readonly Operator[],
  errorsOf: (one: NamedCase) => CaseErrors,
  runtime: string,
): string {
  const count = new Set(operators.flatMap(({ cases }) => cases.map(({ title }) => title))).size;
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rows = operators.map((operator) => {
    const errors = operator.cases.map(errorsOf);
    return line([
      ...rowOf(operator),
      roundedUp(errors.map(({ torch }) => torch)),
      roundedUp(errors.map(({ differences }) => differences)),
    ]);
  });
  return `# Operators with a gradient rule

<!-- Written by \`pnpm run operators\` from packages/onnx/src/rules and packages/onnx/test/rules/cases: change those instead. -->

Made by \`pnpm run operators\`, which runs the gradient graph of each of the ${count} [cases](../packages/onnx/test/rules/cases) in
float32 with onnxruntime ${runtime}. \`off PyTorch\` compares y and the gradient of every input with PyTorch's autograd in float64
([golden files](../packages/onnx/test/rules/golden); the tests' bound is 1e-5), \`off differences\` the gradients with five-point
differences of the graph itself, entry by entry (bound 1e-3). An error is the largest difference of an array over its largest
entry; each cell is the worst of the operator's cases, rounded up to one digit. A case of several nodes counts for each of
their operators.

${[line(HEAD), line(HEAD.map(() => "---")), ...rows].join("\n")}
`;
}

/** What the page says of an operator apart from errors, which depend on the machine. */
export function rowOf({ name, file, cases }: Operator): Row {
  return [`\`${name}\``, `[${file}](${RULES}/${file})`, String(cases.length)];
}

/** The rows of the committed page, without errors. */
export function committedRows(): Row[] {
  return readFileSync(pageFile, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map(
      (line) =>
        line
          .split("|")
          .slice(1, 4)
          .map((cell) => cell.trim()) as unknown as Row,
    );
}

/** Nothing where there is no error to tell. */
function roundedUp(errors: readonly (number | undefined)[]): string {
  const known = errors.filter((error) => error !== undefined);
  if (known.length === 0) return "";
  const worst = Math.max(...known);
  if (worst === 0) return "0";
  const unit = 10 ** Math.floor(Math.log10(worst));
  return (Math.ceil(worst / unit) * unit).toExponential(0);
}
