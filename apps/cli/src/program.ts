/** The command line: parses, runs one command, and says with which code to exit. */
import { readFileSync } from "node:fs";
import "./errors.ts";
import { Command } from "commander";
import { gradcheckCommand } from "./commands/gradcheck.ts";
import { lossCommand } from "./commands/loss.ts";
import { lossesCommand } from "./commands/losses.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Io } from "./io.ts";

/** Runs `pixelgrad` with `args`; never throws. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  try {
    await program(io).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

function program(io: Io): Command {
  const root = new Command("pixelgrad")
    .description("Segmentation losses over files, in parallel.")
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  for (const command of [lossCommand(io), lossesCommand(io), gradcheckCommand(io)]) {
    root.addCommand(command.copyInheritedSettings(root));
  }
  return root;
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
