import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { catalogue } from "../catalogue.ts";
import { fieldsOf, type LossDefinition } from "../definition.ts";
import { sigmoidPixelTerm } from "../families/sigmoid-pixel.ts";
import { lossPage } from "./loss-page.ts";
import { presetPage } from "./preset-page.ts";

const committed = (name: string) =>
  readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8");

describe("the pages in docs", () => {
  test.each([
    ["losses.md", lossPage],
    ["presets.md", presetPage],
  ])("%s is what the definitions say", (name, page) => {
    expect(committed(name) === page(catalogue), `docs/${name} is stale: run \`pnpm run docs\``).toBe(true);
  });

  test("name every loss, every option and every preset", () => {
    const page = lossPage(catalogue);
    for (const definition of catalogue) {
      const section = page.split(`\n## ${definition.id}\n`)[1].split("\n## ")[0];
      for (const name of Object.keys(definition.fields)) expect(section).toContain(`| \`${name}\` |`);
      for (const name of Object.keys(definition.presets ?? {})) expect(section).toContain(`\`${name}:`);
    }
    for (const name of Object.keys(fieldsOf(catalogue[0]))) {
      if (name !== "preset") expect(page).toContain(`| \`${name}\` |`);
    }
  });
});

const made: LossDefinition = {
  id: "made-up",
  formula: "|x|",
  source: "Nobody, 2020.",
  coupling: "labels",
  kernel: "scalar",
  fields: {
    p: { kind: "number", min: 0, default: 1, doc: "a power." },
    q: { kind: "numbers", doc: "One per class." },
  },
  presets: {
    keras: { options: { p: 2, q: [1, 2] }, note: "Its own name." },
    torch: { options: { p: 1 }, note: "Another name." },
  },
  resolve: () => sigmoidPixelTerm({ id: "made-up", options: {}, element: (x) => ({ value: x, slope: 1 }) }),
};

describe("a loss with presets", () => {
  test("has its options and presets in its section", () => {
    expect(lossPage([made]).split("## made-up")[1]).toMatchInlineSnapshot(`
      "

      \`\`\`text
      |x|
      \`\`\`

      Nobody, 2020.

      - In code: \`madeUp(options)\`.
      - With its defaults takes logits under a sigmoid and dense targets.
      - Gradient from each pixel on its own; runs on the float64 maps.

      | option | takes | default |  |
      | --- | --- | --- | --- |
      | \`p\` | a number of at least 0 | \`1\` | A power. |
      | \`q\` | a list of numbers, one per class |  | One per class. |

      And the [options of every loss](#options-of-every-loss).

      | preset | sets |  |
      | --- | --- | --- |
      | \`keras:made-up\` | \`p=2\`, \`q=[1, 2]\` | Its own name. |
      | \`torch:made-up\` | \`p=1\` | Another name. |
      "
    `);
  });

  test("has a column per preset, ours first, and a row per option that one of them changes", () => {
    expect(presetPage([made]).split("## made-up")[1]).toMatchInlineSnapshot(`
      "

      | option | pixelgrad | keras | torch |
      | --- | --- | --- | --- |
      | \`p\` | \`1\` | \`2\` |  |
      | \`q\` |  | \`[1, 2]\` |  |

      - **keras**: Its own name.
      - **torch**: Another name.
      "
    `);
  });
});
