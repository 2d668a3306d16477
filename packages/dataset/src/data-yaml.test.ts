import { isPixelgradError } from "@pixelgrad/core";
import { describe, expect, test } from "vitest";
import { parseDataYaml } from "./data-yaml.ts";
import { parseYamlMapping } from "./yaml-file.ts";

const parse = (text: string) => parseDataYaml(parseYamlMapping("data.yaml", text));

function errorOf(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (isPixelgradError(error)) return error;
    throw error;
  }
  throw new Error(`expected ${JSON.stringify(text)} to be refused`);
}

describe("parseDataYaml", () => {
  test("reads the documented form", () => {
    expect(
      parse(`path: .
train: images/train
val: images/val
masks_dir: labels
names: { 0: Sky, 1: Building }
ignore: [11]
preprocess: { size: [257, 513], color: rgb, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }`),
    ).toEqual({
      path: ".",
      folders: { train: "images/train", val: "images/val" },
      masksDir: "labels",
      names: ["Sky", "Building"],
      ignore: [11],
      palette: [
        [0, 0, 0],
        [128, 0, 0],
      ],
      preprocess: { size: [257, 513], color: "rgb", mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
    });
  });

  test("takes names as a list, and YAML's booleans and numbers as text", () => {
    expect(parse("train: a\nnames: [sky, true, 404]").names).toEqual(["sky", "true", "404"]);
  });

  test("names the nearest key and the line of an unknown one", () => {
    const error = errorOf("train: a\nnames: [b]\nmask_dir: c\n");
    expect(error.code).toBe("DATA_KEY_UNKNOWN");
    expect(error.message).toMatchInlineSnapshot(
      `"Expected one of the keys path, train, val, test, masks_dir, names, ignore, binary, palette, preprocess, got "mask_dir" (data.yaml, line 3). Did you mean "masks_dir"?"`,
    );
    expect(errorOf("train: a\nnames: [b]\npreprocess:\n  mean: [0, 0, 0]\n  sdt: [1, 1, 1]").context).toEqual(
      {
        path: "data.yaml",
        key: "preprocess.sdt",
        nearest: "std",
        line: 5,
      },
    );
  });

  test("names the line and column of a syntax error", () => {
    expect(errorOf("train: a\nnames: [b\nval: c").message).toMatch(
      /Expected YAML in data\.yaml, but line 3, column \d+ is not/,
    );
    expect(errorOf("train: a\ntrain: b\nnames: [b]").context).toMatchObject({ line: 2 });
  });

  test.each([
    ["train: a\nnames: { 0: a, 2: b }", "names.1"],
    ["train: a\nnames: { 1: a }", "names.0"],
    ["train: a\nnames: { sky: 0 }", "names.sky"],
    ["train: a\nnames: { 0: }", "names.0"],
    ["train: a\nnames: [a, a]", "names"],
    ["train: a\nnames: []", "names"],
    ["train: a\nnames: 3", "names"],
    ["train: a", "names"],
    [`train: a\nnames: [${Array.from({ length: 256 }, (_, i) => `c${i}`).join(", ")}]`, "names"],
    ["names: [a]", "train"],
    ["train: [a, b]\nnames: [a]", "train"],
    ["train: a\nnames: [a]\nignore: [-1]", "ignore"],
    ["train: a\nnames: [a]\nignore: [1.5]", "ignore"],
    ["train: a\nbinary: { threshold: 0 }", "binary.threshold"],
    ["train: a\nbinary: { threshold: 256 }", "binary.threshold"],
    ["train: a\nbinary: { threshold: .nan }", "binary.threshold"],
    ["train: a\nbinary: true", "binary"],
    ["train: a\nbinary: { threshold: 1 }\nnames: [a, b, c]", "names"],
    ["train: a\nbinary: { threshold: 1 }\nignore: [3]", "ignore"],
    ["train: a\nnames: [a]\npalette: [[0, 0]]", "palette"],
    ["train: a\nnames: [a]\npalette: [[0, 0, 256]]", "palette"],
    ["train: a\nnames: [a, b]\npalette: [[0, 0, 0]]", "palette"],
    ["train: a\nnames: [a]\npreprocess: { mean: [0, 0, 0] }", "preprocess.std"],
    ["train: a\nnames: [a]\npreprocess: { mean: [0, 0], std: [1, 1, 1] }", "preprocess.mean"],
    ["train: a\nnames: [a]\npreprocess: { mean: [0, 0, 0], std: [1, 0, 1] }", "preprocess.std"],
    ["train: a\nnames: [a]\npreprocess: { mean: [0, 0, 0], std: [1, 1, 1], size: 257 }", "preprocess.size"],
    [
      "train: a\nnames: [a]\npreprocess: { mean: [0, 0, 0], std: [1, 1, 1], size: [0, 1] }",
      "preprocess.size",
    ],
    ["train: a\nnames: [a]\npreprocess: { mean: [0, 0, 0], std: [1, 1, 1], color: gbr }", "preprocess.color"],
    ["train: a\nnames: [a]\npreprocess:", "preprocess"],
    ["[a, b]", ""],
    ["just text", ""],
  ])("refuses %j at key %s", (text, key) => {
    const error = errorOf(text);
    expect(error.code).toBe("DATA_YAML_INVALID");
    expect(error.context).toMatchObject({ path: "data.yaml", key });
  });

  test("refuses aliases that expand without end", () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
    expect(errorOf(`a0: &a0 [x]\n${levels.join("\n")}`).code).toBe("DATA_YAML_INVALID");
  });

  test("keeps __proto__ an unknown key", () => {
    expect(errorOf("train: a\nnames: [a]\n__proto__: { x: 1 }").code).toBe("DATA_KEY_UNKNOWN");
  });
});
