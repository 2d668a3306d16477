/** `docs/presets.md`: where the libraries disagree. @module */
import { fieldsOf, type LossDefinition } from "../definition.ts";
import { defaultText } from "./loss-page.ts";
import { code, optionText, table } from "./markdown.ts";

/** The page of all presets. */
export function presetPage(catalogue: readonly LossDefinition[]): string {
  return `${[
    "# Presets: where the libraries disagree",
    "<!-- Written by `pnpm run docs` from the definitions in packages/core/src/losses: change those instead. -->",
    INTRODUCTION,
    ...catalogue.flatMap(presetSection),
  ].join("\n\n")}\n`;
}

const INTRODUCTION = `The same name means other numbers in other libraries. A preset gives a loss the defaults and conventions of one of them;
options that are given go before it:

\`\`\`ts
parseLoss("torch:cross-entropy(labelSmoothing=0.1)");
crossEntropy({ preset: "torch", labelSmoothing: 0.1 });
\`\`\`

In the tables an empty cell is our own default. The options are explained in [losses.md](losses.md).`;

function presetSection(definition: LossDefinition): readonly string[] {
  const { id, presets = {} } = definition;
  const names = Object.keys(presets) as (keyof typeof presets)[];
  if (names.length === 0) return [];
  const fields = fieldsOf(definition);
  const optionsOf = (name: keyof typeof presets) => presets[name]?.options ?? {};
  const cell = (name: keyof typeof presets, option: string): string => {
    const value = optionsOf(name)[option];
    return value === undefined || value === fields[option]?.default ? "" : code(optionText(value));
  };
  const rows = Object.entries(fields)
    .map(([option, field]) => [code(option), defaultText(field), ...names.map((name) => cell(name, option))])
    .filter(([, , ...cells]) => cells.some((text) => text !== ""));
  return [
    `## ${id}`,
    ...(rows.length === 0 ? [] : [table(["option", "pixelgrad", ...names], rows)]),
    names.map((name) => `- **${name}**: ${presets[name]?.note}`).join("\n"),
  ];
}
