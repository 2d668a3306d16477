/** The command line: parses, runs one command, and says with which code to exit. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { diffCommand } from "./commands/diff.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { predictCommand } from "./commands/predict.ts";
import { simplifyCommand } from "./commands/simplify.ts";
import { trainCommand } from "./commands/train.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Io } from "./io.ts";

/** Runs `pixelgrad-finetune` with `args`; never throws. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    await program(io).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

function program(io: Io): Command {
  const root = new Command("pixelgrad-finetune")
    .description("Fine-tunes an ONNX segmentation model on your images and writes a deployable .onnx.")
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  const commands = [
    inspectCommand(io),
    simplifyCommand(io),
    trainCommand(io),
    evaluateCommand(io),
    predictCommand(io),
    diffCommand(io),
  ];
  for (const command of commands) {
    root.addCommand(command.copyInheritedSettings(root));
  }
  return root;
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
