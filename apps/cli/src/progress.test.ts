import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { showProgress } from "./progress.ts";

function progressOf(files: number, terminal?: PassThrough): string {
  let text = "";
  const { signal } = new AbortController();
  const err = (more: string): void => {
    text += more;
  };
  terminal?.on("data", (chunk) => err(String(chunk)));
  const progress = showProgress({ out: err, err, signal, ...(terminal && { terminal }) }, files, 2);
  for (let i = 0; i < files; i++) progress.advance();
  progress.end();
  return text;
}

describe("showProgress", () => {
  test("writes a few lines to a log", () => {
    expect(progressOf(1000)).toMatchInlineSnapshot(`
      "1000 files on 2 threads
      200 of 1000 files
      400 of 1000 files
      600 of 1000 files
      800 of 1000 files
      1000 of 1000 files
      "
    `);
    expect(progressOf(2)).toMatchInlineSnapshot(`
      "2 files on 2 threads
      1 of 2 files
      2 of 2 files
      "
    `);
    expect(progressOf(7)).toMatchInlineSnapshot(`
      "7 files on 2 threads
      2 of 7 files
      3 of 7 files
      5 of 7 files
      6 of 7 files
      7 of 7 files
      "
    `);
  });

  test("draws a bar on a terminal, and takes it away", () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const text = progressOf(3, terminal);
    expect(text).toContain("3 files on 2 threads [");
    expect(text).toContain("3/3");
    expect(text.split("3/3").at(-1), "erases the line").toContain("\u001b[0K");
  });
});
