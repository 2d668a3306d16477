/** How far a command is, on standard error: a bar for a person, a few lines for a log. */
import cliProgress from "cli-progress";
import type { Io } from "./io.ts";

export interface Progress {
  /** One more file is done. */
  advance(): void;
  /** Takes the bar away. */
  end(): void;
}

/** Lines of a whole run, after the first. */
const LINES = 5;

export function showProgress(io: Io, files: number, threads: number): Progress {
  const task = `${count(files, "file")} on ${count(threads, "thread")}`;
  if (io.terminal !== undefined) return barOn(io.terminal, files, task);
  io.err(`${task}\n`);
  let done = 0;
  return {
    advance() {
      done++;
      const lines = Math.floor((done * LINES) / files);
      if (lines > Math.floor(((done - 1) * LINES) / files)) io.err(`${done} of ${files} files\n`);
    },
    end() {},
  };
}

function barOn(stream: NodeJS.WritableStream, files: number, task: string): Progress {
  const format = `${task} [{bar}] {value}/{total}, {eta_formatted} left`;
  const bar = new cliProgress.SingleBar(
    { format, stream, clearOnComplete: true },
    cliProgress.Presets.legacy,
  );
  bar.start(files, 0);
  return { advance: () => bar.increment(), end: () => bar.stop() };
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
