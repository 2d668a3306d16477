/** What the command line refuses, before it looks at any file. */
import { describe, expect, test } from "vitest";
import { inProcess } from "./pixelgrad.ts";

describe("wrong usage exits with 2", () => {
  const COMPLETE = "loss --loss dice --logits a.npy --masks a.png".split(" ");

  test.each([
    [[], /Usage: pixelgrad/],
    [["los"], /unknown command 'los'/],
    [["losses", "--jsn"], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [["losses", "all"], /too many arguments/],
    [["merge", "a.json"], /unknown command 'merge'/],
    [["loss"], /required option '--loss <expression>' not specified/],
    [["loss", "--loss", "dice", "--logits", "a.npy"], /required option '--masks <pattern>' not specified/],
    [
      ["loss", "--threads", "0"],
      /'--threads <n>' argument '0' is invalid. Expected a whole number, at least 1/,
    ],
    [["loss", "--threads", "two"], /argument 'two' is invalid/],
    [[...COMPLETE, "--grad-out", "g"], /unknown option '--grad-out'/],
    [[...COMPLETE, "--shard", "1/2"], /unknown option '--shard'/],
    [[...COMPLETE, "--partial", "p"], /unknown option '--partial'/],
    [
      ["loss", "--loss", "dice", "--logits", "a.npy", "b.npy", "--masks", "m"],
      /too many arguments.*\nQuote the patterns, so that the shell leaves them alone/,
    ],
  ])("%j", async (args, message) => {
    const { code, out, err } = await inProcess(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });

  test.each([
    ["dise", /did you mean 'dice'\?.*\[LOSS_UNKNOWN\]/],
    ["dice +", /at character 7: expected the name of a loss, got the end\. \[EXPRESSION_INVALID\]/],
    ["dice(smoth=1)", /did you mean 'smooth'\?.*\[OPTION_UNKNOWN\]/],
    ["dice(smooth=-1)", /smooth must be a number of at least 0, got -1\. \[OPTION_INVALID\]/],
    [
      "cross-entropy(reduction=none)",
      /reduction must be mean or sum here, got none\. For a value per image use --per-image\. \[OPTION_UNSUPPORTED\]/,
    ],
  ])("--loss '%s'", async (loss, message) => {
    const { code, out, err } = await inProcess([
      "loss",
      "--loss",
      loss,
      "--logits",
      "a.npy",
      "--masks",
      "a.png",
    ]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});
