/** What the commands print, in this process. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalogue, fieldsOf } from "@pixelgrad/core";
import { beforeAll, describe, expect, test } from "vitest";
import { seededBatch, temporaryFolder, writeImages } from "./folder.ts";
import { inProcess } from "./pixelgrad.ts";

let folder: string;
let files: readonly string[];
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeImages(folder, seededBatch(1, 3, 3, 20, 30));
  files = ["--logits", `${folder}/pred/*.npy`, "--masks", `${folder}/masks/*.png`, "--threads", "2"];
});

describe("pixelgrad", () => {
  test("--help names the commands", async () => {
    const { code, out, err } = await inProcess(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatchInlineSnapshot(`
      "Usage: pixelgrad [options] [command]

      Segmentation losses over files, in parallel.

      Options:
        -V, --version        output the version number
        -h, --help           display help for command

      Commands:
        loss [options]       Compute losses of predictions against masks; all files
                             together are one batch.
        losses [options]     List the losses and their formulas.
        gradcheck [options]  Check the gradient of a loss against central differences
                             of its value, in float64.
        help [command]       display help for command
      "
    `);
  });

  test("loss --help names what is built, and nothing else", async () => {
    const { code, out } = await inProcess(["loss", "--help"]);
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Usage: pixelgrad loss [options]

      Compute losses of predictions against masks; all files together are one batch.

      Options:
        --loss <expression>     such as 'cross-entropy + 0.5*dice'; may be repeated
        --logits <pattern>      float .npy files, [C, ...spatial] or [N, C,
                                ...spatial]
        --masks <pattern>       files of the same names: .png (grey or palette) or
                                .npy
        --threads <n>           worker threads (default: the CPUs this process may
                                use)
        --per-image <file.csv>  also write the losses of each file on its own
        --json                  print one JSON object
        -h, --help              display help for command
      "
    `);
    expect(out).not.toMatch(/--grad-out|--shard|--partial|merge/);
  });

  test("--version prints that of the package", async () => {
    const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(text) as { readonly version: string };
    expect(await inProcess(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("pixelgrad losses", () => {
  test("prints a line per loss", async () => {
    const { code, out } = await inProcess(["losses"]);
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual(
      catalogue.map(({ id, formula }) => [id, formula]),
    );
  });

  test("--json prints one object per line, with all options and presets", async () => {
    const { code, out } = await inProcess(["losses", "--json"]);
    expect(code).toBe(0);
    const objects = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly options: readonly { readonly name: string }[] });
    expect(objects).toHaveLength(catalogue.length);
    for (const [i, definition] of catalogue.entries()) {
      const { id, formula, source, coupling, kernel, presets = {} } = definition;
      expect(objects[i]).toMatchObject({ id, formula, source, coupling, kernel, presets });
      expect(objects[i]!.options.map(({ name }) => name)).toEqual(Object.keys(fieldsOf(definition)));
    }
    expect(objects[0]!.options.find(({ name }) => name === "allIgnored")).toEqual({
      name: "allIgnored",
      takes: "one of zero, nan, throw",
      default: "zero",
      doc: fieldsOf(catalogue[0]!)["allIgnored"]!.doc,
    });
  });
});

describe("pixelgrad loss", () => {
  test("prints a table on standard output and progress on standard error", async () => {
    const losses = ["--loss", "cross-entropy + 0.5*dice", "--loss", "cross-entropy(ignoreIndex=0)"];
    const { code, out, err } = await inProcess(["loss", ...losses, ...files]);
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "loss                              value  counted
      cross-entropy + 0.5*dice       2.233710     1800
        cross-entropy                1.898430
        0.5 * dice                  0.6705587
      cross-entropy(ignoreIndex=0)   1.892551     1190

      3 images, 3 channels
      "
    `);
    expect(err).toMatchInlineSnapshot(`
      "3 files on 2 threads
      1 of 3 files
      2 of 3 files
      3 of 3 files
      "
    `);
  });

  test("--json prints one object", async () => {
    const { code, out } = await inProcess(["loss", "--loss", "dice", ...files, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchInlineSnapshot(`
      {
        "classes": 3,
        "files": 3,
        "images": 3,
        "losses": [
          {
            "counted": 1800,
            "loss": "dice",
            "terms": [
              {
                "id": "dice",
                "value": 0.6705586721956754,
                "weight": 1,
              },
            ],
            "value": 0.6705586721956754,
          },
        ],
      }
    `);
  });

  test("--per-image writes a row per file, and leaves no other file", async () => {
    const csv = join(folder, "report", "out.csv");
    const losses = ["--loss", "dice", "--loss", "cross-entropy(ignoreIndex=[0, 1])"];
    expect(await inProcess(["loss", ...losses, ...files, "--per-image", csv])).toMatchObject({ code: 0 });
    expect(await readFile(csv, "utf8")).toMatchInlineSnapshot(`
      "image,dice,"cross-entropy(ignoreIndex=[0, 1])",counted
      image-0,0.6646999559707863,1.8598424342552407,600
      image-1,0.6878558167719018,1.9385185446905104,600
      image-2,0.6558147188606718,1.8499554533726246,600
      "
    `);
    expect(await readdir(join(folder, "report"))).toEqual(["out.csv"]);
  });

  test("stops without output when it was interrupted before it began", async () => {
    const csv = join(folder, "none", "out.csv");
    const args = ["loss", "--loss", "dice", ...files, "--per-image", csv];
    const { code, out, err } = await inProcess(args, AbortSignal.abort());
    expect([code, out]).toEqual([130, ""]);
    expect(err).toBe("3 files on 2 threads\npixelgrad: interrupted after 0 files\n");
    expect(await readdir(folder)).not.toContain("none");
  });

  test("says why a report cannot be written", async () => {
    const blocked = join(folder, "a-file");
    await writeFile(blocked, "");
    const { code, out, err } = await inProcess([
      ..."loss --loss dice --per-image".split(" "),
      join(blocked, "out.csv"),
      ...files,
    ]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/pixelgrad: Expected to write .*out\.csv, but .* \[DATA_FILE_UNWRITABLE\]\n$/);
  });
});
