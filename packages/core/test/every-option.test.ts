/** The cases leave nothing out: every loss, every option, every choice. */
import {
  catalogue,
  fieldsOf,
  type OptionField,
  type OptionValue,
  parseLoss,
  presetNames,
} from "@pixelgrad/core";
import { lossCases } from "@pixelgrad/core/testing";
import { expect, test } from "vitest";
import { specsIn } from "./derived-losses.ts";
import { lawExceptions } from "./law-exceptions.ts";

const specs = lossCases.flatMap(({ loss }) => specsIn(parseLoss(loss)));

test("every loss of the catalogue has a case", () => {
  const missing = catalogue.map(({ id }) => id).filter((id) => !specs.some((spec) => spec.id === id));
  expect(missing).toEqual([]);
});

/** What losses of a family share has one field, and needs one case. */
function fieldKey(name: string, { default: _, ...field }: OptionField): string {
  return `${name} ${JSON.stringify(field)}`;
}

/** The words a field takes. */
function choicesOf(field: OptionField): readonly string[] {
  const kinds = field.kind === "any-of" ? field.of : [field];
  return kinds.flatMap((kind) => (kind.kind === "choice" ? kind.values : []));
}

/** The key of a field of a loss: presets are its own, whatever they share. */
function keyOf(id: string, name: string, field: OptionField): string {
  return name === "preset" ? `${id} preset` : fieldKey(name, field);
}

test("every option of every loss, and every word it takes, is in a case", () => {
  const seen = new Map<string, { readonly losses: string[]; readonly values: Set<OptionValue> }>();
  const missing = new Set<string>();
  for (const definition of catalogue) {
    const { id } = definition;
    for (const [name, field] of Object.entries(fieldsOf(definition))) {
      const key = keyOf(id, name, field);
      const { losses, values } = seen.get(key) ?? { losses: [], values: new Set() };
      losses.push(id);
      for (const spec of specs) if (spec.id === id && name in spec.options) values.add(spec.options[name]);
      seen.set(key, { losses, values });
    }
  }
  for (const definition of catalogue) {
    for (const [name, field] of Object.entries(fieldsOf(definition))) {
      const { losses, values } = seen.get(keyOf(definition.id, name, field))!;
      const of = losses.join(", ");
      // What is left out is the default.
      const words = choicesOf(field).filter((word) => word !== field.default && !values.has(word));
      if (values.size === 0) missing.add(`${name} of ${of}`);
      for (const word of words) missing.add(`${name}=${word} of ${of}`);
    }
  }
  expect([...missing]).toEqual([]);
});

test("every preset is of a known library", () => {
  for (const { presets = {} } of catalogue)
    expect(presetNames).toEqual(expect.arrayContaining(Object.keys(presets)));
});

test("every exception to a law says why, and names no loss twice", () => {
  for (const { why, losses = [] } of lawExceptions) {
    expect(why).toMatch(/\.$/);
    expect(new Set(losses).size).toBe(losses.length);
  }
});
