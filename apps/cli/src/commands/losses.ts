/** `pixelgrad losses`: what can be written after --loss. */
import { catalogue, describeField, fieldsOf, type LossDefinition } from "@pixelgrad/core";
import { Command } from "commander";
import type { Io } from "../io.ts";

export function lossesCommand(io: Io): Command {
  return new Command("losses")
    .description("List the losses and their formulas.")
    .option("--json", "print one JSON object per line, with source, options and presets")
    .action(({ json }: { readonly json?: true }) => {
      const width = Math.max(...catalogue.map(({ id }) => id.length)) + 2;
      for (const loss of catalogue) {
        io.out(`${json ? JSON.stringify(describeLoss(loss)) : loss.id.padEnd(width) + loss.formula}\n`);
      }
    });
}

function describeLoss(definition: LossDefinition): object {
  const { id, formula, source, coupling, kernel, presets = {} } = definition;
  const options = Object.entries(fieldsOf(definition)).map(([name, field]) => ({
    name,
    takes: describeField(field),
    ...(field.default !== undefined && { default: field.default }),
    doc: field.doc,
  }));
  return { id, formula, source, coupling, kernel, options, presets };
}
