/** `pixelgrad-finetune diff`: in what two models differ. */
import { diffModels, OnnxModel } from "@pixelgrad/onnx";
import { Command } from "commander";
import { describeDiff } from "../describe-diff.ts";
import type { Io } from "../io.ts";

export function diffCommand(io: Io): Command {
  return new Command("diff")
    .description("List the tensors, nodes and metadata in which two models differ.")
    .argument("<before>", "an .onnx file")
    .argument("<after>", "another")
    .option("--json", "print one JSON object")
    .action(async (before: string, after: string, options: { readonly json?: true }) => {
      const diff = diffModels(await OnnxModel.load(before), await OnnxModel.load(after));
      io.out(options.json ? `${JSON.stringify({ before, after, ...diff })}\n` : describeDiff(diff));
    });
}
