/** `docs/losses.md`, from the definitions of the losses. @module */
import { fieldsOf, type LossDefinition } from "../definition.ts";
import { isPixelgradError } from "../errors.ts";
import type { Coupling } from "../loss.ts";
import { describeField, type OptionField, type OptionFields } from "../options.ts";
import { defineLoss } from "../single-loss.ts";
import type { Term } from "../term.ts";
import { code, optionText, sentence, table, words } from "./markdown.ts";

const COUPLING: { readonly [coupling in Coupling]: string } = {
  labels: "each pixel on its own",
  sums: "sums over the pixels first",
  gather: "all pixels of an image or of the batch together",
};

const KERNEL: { readonly [kernel in LossDefinition["kernel"]]: string } = {
  simd: "SIMD kernels",
  scalar: "float64 maps",
};

/** The page of all losses. */
export function lossPage(catalogue: readonly LossDefinition[]): string {
  return `${[
    "# Losses",
    "<!-- Written by `pnpm run docs` from the definitions in packages/core/src/losses: change those instead. -->",
    INTRODUCTION,
    indexTable(catalogue),
    COLUMNS,
    ...commonSection(catalogue),
    ...catalogue.flatMap(lossSection),
  ].join("\n\n")}\n`;
}

const INTRODUCTION = `A loss is written as an expression, on a command line or for \`parseLoss\`, or made by the function of its name:

\`\`\`ts
parseLoss("cross-entropy(ignoreIndex=255, classWeights=[1, 2, 0.5]) + 0.5*dice");
weightedSum([[1, crossEntropy({ ignoreIndex: 255, classWeights: [1, 2, 0.5] })], [0.5, dice()]]);
\`\`\`

\`preset:loss\` takes over the defaults of another library: [presets.md](presets.md) shows where they disagree.
\`pixelgrad losses --json\` prints all of this for programs.

A network with outputs of several sizes takes \`deep-supervision(loss=cross-entropy + dice, weights=nnunet)\`, that is
\`deepSupervision(loss, { weights })\`: it takes a list of logits and gives a list of gradients. The weight of level l is
\`exponential\` (default, max(1/2^l, 1/16) as in MONAI), \`same\`, \`two\` (1, then 1/2), \`nnunet\` (1/2^l, 0 for the
last, their sum 1) or a list of numbers; each level takes the nearest of the target's pixels.

The expressions are those of this grammar; space is free, a minus between two losses needs it:

\`\`\`ebnf
expression = [ "-" ] term { ( "+" | "-" ) term } ;
term       = [ number "*" ] loss ;
loss       = [ preset ":" ] id [ "(" [ option { "," option } ] ")" ] ;
option     = name "=" value | "loss" "=" expression ;
value      = number | "true" | "false" | word | "[" [ value { "," value } ] "]" ;
id, preset, word = letter { letter | digit | "-" } ;   name = letter { letter | digit } ;
\`\`\``;

const COLUMNS = `*Gradient from*: what the gradient of a pixel depends on. *Runs on*: the SIMD WebAssembly
kernels where the options allow it, or the float64 maps, which are also what the kernels are held to.`;

function indexTable(catalogue: readonly LossDefinition[]): string {
  return table(
    ["loss", "formula", "gradient from", "runs on"],
    catalogue.map(({ id, formula, coupling, kernel }) => [
      `[${code(id)}](#${id})`,
      code(formula),
      COUPLING[coupling],
      KERNEL[kernel],
    ]),
  );
}

/** Options that every loss has, which no definition lists. */
export function commonFields(catalogue: readonly LossDefinition[]): OptionFields {
  const lists = catalogue.map((definition) =>
    Object.entries(fieldsOf(definition)).filter(
      ([name]) => name !== "preset" && !(name in definition.fields),
    ),
  );
  return Object.fromEntries(lists.flat());
}

function commonSection(catalogue: readonly LossDefinition[]): readonly string[] {
  return ["## Options of every loss", optionTable(commonFields(catalogue))];
}

function lossSection(definition: LossDefinition): readonly string[] {
  const { id, formula, source, coupling, kernel, fields, presets = {} } = definition;
  const takes = takesLine(definition);
  const facts = [
    `In code: ${code(`${camelCase(id)}(options)`)}.`,
    ...(takes === undefined ? [] : [takes]),
    `Gradient from ${COUPLING[coupling]}; runs on the ${KERNEL[kernel]}.`,
  ];
  return [
    `## ${id}`,
    `\`\`\`text\n${formula}\n\`\`\``,
    source,
    facts.map((fact) => `- ${fact}`).join("\n"),
    ...(Object.keys(fields).length === 0 ? [] : [optionTable(fields)]),
    "And the [options of every loss](#options-of-every-loss).",
    ...(Object.keys(presets).length === 0 ? [] : [presetTable(id, presets)]),
  ];
}

function optionTable(fields: OptionFields): string {
  return table(
    ["option", "takes", "default", ""],
    Object.entries(fields).map(([name, field]) => [
      code(name),
      words(describeField(field)),
      defaultText(field),
      words(sentence(field.doc)),
    ]),
  );
}

/** A default in code font; none where the option is off. */
export function defaultText(field: OptionField): string {
  const { default: value } = field;
  if (value === undefined) return "";
  // A default that depends on something is told in words.
  return typeof value === "string" && value.includes(" ") ? words(value) : code(String(value));
}

function presetTable(id: string, presets: NonNullable<LossDefinition["presets"]>): string {
  return table(
    ["preset", "sets", ""],
    Object.entries(presets).map(([name, { options, note }]) => [
      code(`${name}:${id}`),
      Object.entries(options)
        .map(([option, value]) => code(`${option}=${optionText(value)}`))
        .join(", "),
      words(note),
    ]),
  );
}

function takesLine(definition: LossDefinition): string | undefined {
  const terms = termsOfThreeChannels(definition);
  if (terms.length === 0) return undefined;
  const takes = (kind: "labels" | "dense") =>
    terms.every(({ targets }) => targets === kind || targets === "either");
  const targets = [...(takes("labels") ? ["labels"] : []), ...(takes("dense") ? ["dense targets"] : [])];
  const needs = [...new Set(terms.flatMap((term) => term.needs ?? []))].map(
    (name) => `, and needs ${code(`extra.${name}`)}`,
  );
  const [{ input, activation }] = terms;
  const under = input === "logits" ? ` under a ${activation}` : "";
  return `With its defaults takes ${input}${under} and ${targets.join(" or ")}${needs.join("")}.`;
}

/** The terms of the loss of three channels with its defaults; none where it has options without one. */
function termsOfThreeChannels(definition: LossDefinition): readonly Term[] {
  try {
    return defineLoss(definition, {})
      .plan(3)
      .terms.map(({ term }) => term);
  } catch (error) {
    if (isPixelgradError(error)) return [];
    throw error;
  }
}

/** `cross-entropy` as `crossEntropy`. */
function camelCase(id: string): string {
  return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
