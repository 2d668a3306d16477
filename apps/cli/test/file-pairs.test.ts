import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { pairFiles } from "../src/file-pairs.ts";
import { temporaryFolder } from "./folder.ts";

/** Makes empty files and returns their folder. */
async function folderOf(...files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), "");
  }
  return folder;
}

const stems = async (logits: string, masks: string): Promise<string[]> =>
  (await pairFiles(logits, masks)).map(({ stem }) => stem);

describe("pairFiles", () => {
  test("pairs by the path below the patterns' folders, sorted by code units", async () => {
    const folder = await folderOf(
      ..."p/b.npy p/A.npy p/ä.npy p/a10.npy p/a2.npy p/sub/x.y.npy".split(" "),
      ..."m/b.png m/A.PNG m/ä.npy m/a10.png m/a2.png m/sub/x.y.png".split(" "),
    );
    const pairs = await pairFiles(`${folder}/p/**/*.npy`, `${folder}/m/**/*`);
    expect(pairs.map(({ stem }) => stem)).toEqual(["A", "a10", "a2", "b", "sub/x.y", "ä"]);
    expect(pairs[0]).toEqual({ stem: "A", logits: `${folder}/p/A.npy`, mask: `${folder}/m/A.PNG` });
  });

  test("takes a path that exists as it is, brackets and all", async () => {
    const folder = await folderOf("run [1]/a.npy", "m/a.png");
    expect(await stems(`${folder}/run [1]/a.npy`, `${folder}/m/a.png`)).toEqual(["a"]);
  });

  test("takes braces, question marks and folders with wildcards", async () => {
    const folder = await folderOf("p/v1/a.npy", "p/v2/b.npy", "p/v3/c.npy", "m/v1/a.png", "m/v2/b.png");
    expect(await stems(`${folder}/p/v{1,2}/?.npy`, `${folder}/m/v*/*.png`)).toEqual(["v1/a", "v2/b"]);
  });

  test.each([
    ["p/*.npy", "nothing/*.png", "FILES_NOT_FOUND", /match '.*nothing\/\*\.png', and there is none/],
    ["p/none.npy", "m/*.png", "FILES_NOT_FOUND", /p\/none\.npy/],
    ["p", "m/*.png", "FILES_NOT_FOUND", /it is a folder, add \/\*/],
    ["m/*.png", "m/*.png", "FILE_TYPE_UNSUPPORTED", /Expected \.npy files as logits, got .*m\/a\.png/],
    ["p/*.npy", "m/*", "FILE_DUPLICATE", /m\/b\.npy and .*m\/b\.png share the name 'b'/],
    ["p/*.npy", "m/*.png", "FILE_PARTNER_MISSING", /mask of the name 'c' for .*p\/c\.npy .* 2 of 4 files/],
    [
      "p/{a,b}.npy",
      "m/{a,b,e}.png",
      "FILE_PARTNER_MISSING",
      /logits of the name 'e' for .*m\/e\.png .* 1 of 3/,
    ],
  ])("refuses %s with %s: %s", async (logits, masks, code, message) => {
    const folder = await folderOf(
      ..."p/a.npy p/b.npy p/c.npy p/d.npy m/a.png m/b.png m/b.npy m/e.png".split(" "),
    );
    const error = await pairFiles(`${folder}/${logits}`, `${folder}/${masks}`).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
