/** What a file can do to a reader, in time and memory: nothing. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostileFiles } from "./support/hostile-files.ts";

interface Used {
  readonly came: Readonly<Record<string, string>>;
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly growth: number;
}

let folder: string;
let used: Readonly<Record<string, Used>>;
const files = Object.entries(hostileFiles);
const pathOf = (name: string): string => join(folder, `${name.replaceAll(" ", "-").replace("^", "")}.onnx`);

/** Uses files in a process of their own. */
async function useApart(paths: readonly string[]): Promise<typeof used> {
  const child = fileURLToPath(new URL("support/use-model.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, ...paths]);
  return JSON.parse(stdout) as typeof used;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pixelgrad-hostile-"));
  const small: string[] = [];
  used = {};
  for (const [name, make] of files) {
    const bytes = make.bytes();
    await writeFile(pathOf(name), bytes);
    // Memory is told apart by process, and each process costs a start.
    if (bytes.length < 10_000) small.push(pathOf(name));
    else used = { ...used, ...(await useApart([pathOf(name)])) };
  }
  used = { ...used, ...(await useApart(small)) };
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe("a file with", () => {
  test.each(files)("%s", (name, { refused }) => {
    const { came } = used[pathOf(name)] as Used;
    if (refused === undefined) expect(came["load"]).toBe("fine");
    else expect(came["message"]).toMatch(refused);
    for (const outcome of Object.values(came)) expect(outcome).not.toMatch(/^CRASH/);
  });

  test("any of these takes less than a second of processor time for each use", () => {
    const slow = Object.entries(used).filter(
      ([, { milliseconds }]) => Math.max(...Object.values(milliseconds)) > 1000,
    );
    expect(slow).toEqual([]);
  });

  test("any of these takes less than 200 MB", () => {
    const large = Object.entries(used).filter(([, { growth }]) => growth > 200e6);
    expect(large).toEqual([]);
  });
});

test("an attribute of another kind than the operator's is said to be one", () => {
  expect(used[pathOf("a perm that is a float")]?.came).toMatchObject({ inspect: "MODEL_DAMAGED" });
});

test("a tail of 100 000 nodes is followed to its classifier", () => {
  expect(used[pathOf("a tail of 100 000 nodes")]?.came).toMatchObject({ inspect: "fine", classes: "fine" });
});
