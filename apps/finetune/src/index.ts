/** The commands of `pixelgrad-finetune` for other programs: the same as the shell's, over an `Io`. */
export type { Io } from "./io.ts";
export { run } from "./program.ts";
