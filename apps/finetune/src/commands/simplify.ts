/** `pixelgrad-finetune simplify`: a model for one size of image. */

import { PixelgradError } from "@pixelgrad/core";
import type { Size } from "@pixelgrad/dataset";
import { imageDims, imageInput, OnnxModel, readModelCard, simplify, writeModelCard } from "@pixelgrad/onnx";
import { Command } from "commander";
import "../errors.ts";
import type { Io } from "../io.ts";
import { knownSize } from "../known-size.ts";
import { parseSize } from "../numbers.ts";

interface SimplifyFlags {
  readonly out: string;
  readonly size?: Size;
  readonly json?: true;
}

export function simplifyCommand(io: Io): Command {
  return new Command("simplify")
    .description(
      "Write a model for one size of image: chains of shapes worked out, an If with a known condition replaced by the branch it takes.",
    )
    .argument("<model>", "an .onnx file")
    .requiredOption("--out <file>", "the .onnx to write; one that is there is replaced")
    .option("--size <height>x<width>", "of the image, for a model that leaves it open", parseSize)
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: SimplifyFlags) => {
      const model = await OnnxModel.load(path);
      const input = imageInput(model);
      const size = flags.size ?? knownSize(model, input);
      if (size === undefined) {
        throw new PixelgradError(
          "INPUT_SIZE_UNKNOWN",
          `${path} leaves its input size open: give --size <height>x<width>.`,
          { model: path },
        );
      }
      const dims = imageDims(model, input, size);
      const simple = withSize(await simplify(model, { [input.name]: dims }), size);
      await simple.save(flags.out);
      const facts = {
        model: path,
        out: flags.out,
        input: { name: input.name, dims, type: input.type, layout: input.layout },
        nodes: { before: model.graph.node.length, after: simple.graph.node.length },
        operators: changedCounts(operators(model), operators(simple)),
      };
      io.out(flags.json ? `${JSON.stringify(facts)}\n` : describe(facts));
    });
}

/** A card that told another size would contradict the model. */
function withSize(model: OnnxModel, size: Size): OnnxModel {
  const card = readModelCard(model);
  if (card === undefined || !("size" in card.preprocess)) return model;
  return writeModelCard(model, { ...card, preprocess: { ...card.preprocess, size } });
}

function operators({ graph }: OnnxModel): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { opType } of graph.node) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return counts;
}

interface Count {
  readonly op: string;
  readonly before: number;
  readonly after: number;
}

/** Operators of which there are more or fewer now; those that are gone come first. */
function changedCounts(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Count[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((op) => ({ op, before: before.get(op) ?? 0, after: after.get(op) ?? 0 }))
    .filter((count) => count.before !== count.after)
    .sort((a, b) => Number(a.after > 0) - Number(b.after > 0) || a.op.localeCompare(b.op, "en"));
}

interface Facts {
  readonly out: string;
  readonly input: { readonly name: string; readonly dims: readonly number[]; readonly layout: string };
  readonly nodes: { readonly before: number; readonly after: number };
  readonly operators: readonly Count[];
}

function describe({ out, input, nodes, operators }: Facts): string {
  const gone = operators.filter(({ after }) => after === 0).map(({ op, before }) => `${op} (${before})`);
  const changed = operators
    .filter(({ after }) => after > 0)
    .map(({ op, before, after }) => `${op} ${before} → ${after}`);
  const rows: [string, string][] = [
    ["graph", `${nodes.before} → ${nodes.after} nodes`],
    ["gone", gone.join(", ") || "none"],
    ...(changed.length === 0 ? [] : [["changed", changed.join(", ")] as [string, string]]),
    ["input", `${input.name} [${input.dims.join(", ")}] ${input.layout}`],
    ["model", out],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}  ${value}\n`).join("");
}
