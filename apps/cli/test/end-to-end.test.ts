/** The built bin on real files. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binaryCrossEntropy, parseLoss, tensor } from "@pixelgrad/core";
import { seededRandom } from "@pixelgrad/core/testing";
import { defaultPalette, writeNpy, writePaletteMask } from "@pixelgrad/dataset";
import { beforeAll, describe, expect, test } from "vitest";
import { seededBatch, temporaryFolder, writeImages } from "./folder.ts";
import { inOwnProcess } from "./pixelgrad.ts";

const EXPRESSIONS = [
  "cross-entropy + 0.5*dice",
  "cross-entropy(ignoreIndex=1, divisor=valid)",
  "dice",
  // Over each image; over ranks of the whole batch, whose files lie on different threads; over distances.
  "monai:dice",
  "lovasz-softmax + 0.5*top-k(percent=3)",
  "lovasz-softmax(accumulate=image)",
  "hausdorff-dt",
];
const batch = seededBatch(7, 200, 4, 24, 33);
/** Padded, so that the order of names is that of the batch. */
const nameOf = (i: number): string => `image-${String(i).padStart(3, "0")}`;
let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeImages(folder, batch, nameOf);
}, 60_000);

const losses = (...expressions: readonly string[]): string[] =>
  expressions.flatMap((expression) => ["--loss", expression]);
const filesOf = (of: string): string[] => ["--logits", `${of}/pred/*.npy`, "--masks", `${of}/masks/*`];

interface Report {
  readonly losses: readonly { readonly loss: string; readonly value: number; readonly counted: number }[];
  readonly files: number;
  readonly images: number;
}

describe("200 files", () => {
  test("are one batch: the bits of one inline call, for any number of threads", async () => {
    const outputs: string[] = [];
    for (const threads of ["1", "2", "3"]) {
      const args = ["loss", ...losses(...EXPRESSIONS), ...filesOf(folder), "--threads", threads, "--json"];
      const { code, out, err } = await inOwnProcess(args);
      expect([code, err.split("\n")[0]]).toEqual([
        0,
        `200 files on ${threads} thread${threads === "1" ? "" : "s"}`,
      ]);
      outputs.push(out);
    }
    expect(new Set(outputs).size).toBe(1);
    const report = JSON.parse(outputs[0]!) as Report;
    expect(report).toMatchObject({ files: 200, images: 200, classes: 4 });
    EXPRESSIONS.forEach((expression, i) => {
      const inline = parseLoss(expression).evaluate(batch.logits, batch.labels);
      expect(report.losses[i]).toEqual({ loss: expression, ...inline });
    });
  }, 60_000);

  test("each have the value of a call of their own in --per-image", async () => {
    const csv = join(folder, "per-image.csv");
    const args = ["loss", ...losses("dice", "lovasz-softmax"), ...filesOf(folder), "--per-image", csv];
    expect(await inOwnProcess(args)).toMatchObject({ code: 0 });
    const [header, ...rows] = (await readFile(csv, "utf8")).trimEnd().split("\n");
    expect(header).toBe("image,dice,lovasz-softmax,counted");
    const [, classes = 0, height = 0, width = 0] = batch.logits.dims;
    const pixels = height * width;
    const expected = Array.from({ length: 200 }, (_, i) => {
      const logits = tensor(batch.logits.data.slice(i * classes * pixels, (i + 1) * classes * pixels), [
        1,
        classes,
        height,
        width,
      ]);
      const labels = tensor(batch.labels.data.slice(i * pixels, (i + 1) * pixels), [1, height, width]);
      const values = ["dice", "lovasz-softmax"].map((loss) => parseLoss(loss).value(logits, labels));
      return [nameOf(i), ...values, pixels].join(",");
    });
    expect(rows).toEqual(expected);
  }, 60_000);
});

describe("forms of files", () => {
  test("float64 batches [N, C, …] with labels of int64 agree with the same images one by one", async () => {
    const other = await temporaryFolder();
    const { logits, labels } = seededBatch(3, 6, 3, 9, 11);
    await writeNpy(join(other, "pred/all.npy"), tensor(Float64Array.from(logits.data), logits.dims));
    await writeNpy(
      join(other, "masks/all.npy"),
      tensor(BigInt64Array.from(labels.data, BigInt), labels.dims),
    );
    const { code, out } = await inOwnProcess(["loss", ...losses("dice"), ...filesOf(other), "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      files: 1,
      images: 6,
      losses: [{ value: parseLoss("dice").value(logits, labels) }],
    });
  });

  test("one channel with masks of 0 and 1, as PNG and as dense .npy", async () => {
    const other = await temporaryFolder();
    const all = seededBatch(4, 2, 1, 8, 9);
    await writeImages(other, all, (i) => String(i));
    await writeNpy(
      join(other, "dense/0.npy"),
      tensor(Float32Array.from(all.labels.data.slice(0, 72)), [1, 8, 9]),
    );
    await writeNpy(join(other, "dense/1.npy"), tensor(Uint8Array.from(all.labels.data.slice(72)), [8, 9]));
    for (const masks of ["masks", "dense"]) {
      const args = ["--logits", `${other}/pred/*`, "--masks", `${other}/${masks}/*`, "--json"];
      const { code, out } = await inOwnProcess(["loss", ...losses("binary-cross-entropy"), ...args]);
      expect(code).toBe(0);
      const value = binaryCrossEntropy().value(all.logits, all.labels);
      expect((JSON.parse(out) as Report).losses[0]?.value).toBe(value);
    }
  });
});

describe("bad data exits with 1, names the file and says what to do", () => {
  const damage: Readonly<Record<string, (to: string) => Promise<void>>> = {
    async "a mask without logits"(to) {
      await writePaletteMask(join(to, "masks/extra.png"), new Uint8Array(20), 5, 4, defaultPalette(3));
    },
    async "logits without a mask"(to) {
      await writeNpy(join(to, "pred/extra.npy"), tensor(new Float32Array(60), [3, 4, 5]));
    },
    async "logits of another number of channels"(to) {
      await writeNpy(join(to, "pred/b.npy"), tensor(new Float32Array(40), [2, 4, 5]));
      await writePaletteMask(join(to, "masks/b.png"), new Uint8Array(20), 5, 4, defaultPalette(2));
    },
    async "a mask of another size"(to) {
      await writePaletteMask(join(to, "masks/b.png"), new Uint8Array(24), 6, 4, defaultPalette(3));
    },
    async "a label that is no class"(to) {
      const ids = new Uint8Array(20).fill(255, 7, 8);
      await writePaletteMask(join(to, "masks/b.png"), ids, 5, 4, defaultPalette(3));
    },
    async "a logit that is not finite"(to) {
      const data = new Float32Array(60).fill(Number.NaN, 21, 22);
      await writeNpy(join(to, "pred/b.npy"), tensor(data, [3, 4, 5]));
    },
    async "logits of integers"(to) {
      await writeNpy(join(to, "pred/b.npy"), tensor(new Int32Array(60), [3, 4, 5]));
    },
    async "logits without a channel"(to) {
      await writeNpy(join(to, "pred/b.npy"), tensor(new Float32Array(20), [4, 5]));
    },
    async "an array that ends early"(to) {
      const path = join(to, "pred/b.npy");
      await writeFile(path, (await readFile(path)).subarray(0, 150));
    },
    async "a mask that is no PNG"(to) {
      await writeFile(join(to, "masks/b.png"), "not a PNG");
    },
    async "a mask of another type"(to) {
      await writeFile(join(to, "masks/b.jpg"), "");
    },
  };
  const expected: Readonly<Record<string, RegExp>> = {
    "a mask without logits": /logits of the name 'extra' .*\[FILE_PARTNER_MISSING\]/,
    "logits without a mask": /mask of the name 'extra' .*\[FILE_PARTNER_MISSING\]/,
    "logits of another number of channels":
      /Expected logits of 3 channels in all files, as in .*a\.npy, got 2 in .*b\.npy.*\[CLASS_COUNT_MISMATCH\]/,
    "a mask of another size": /b\.npy with .*b\.png: .*1×4×5.*got 1×4×6\. \[SHAPE_MISMATCH\]/,
    "a label that is no class": /b\.png: Label 255 at \[0,1,2\] .*ignoreIndex: 255.*\[LABEL_OUT_OF_RANGE\]/,
    "a logit that is not finite": /b\.npy with .*: The logits hold NaN at \[0,1,0,1\].*\[VALUE_NOT_FINITE\]/,
    "logits of integers": /b\.npy with .*got Int32Array: convert them first\. \[TYPE_MISMATCH\]/,
    "logits without a channel": /b\.npy with .*there is no channel\. Save them as 1×4×5\. \[SHAPE_MISMATCH\]/,
    "an array that ends early": /pred\/b\.npy.*\[ARRAY_DAMAGED\]/,
    "a mask that is no PNG": /masks\/b\.png.*\[MASK_DAMAGED\]/,
    "a mask of another type":
      /Expected \.png or \.npy files as masks, got .*b\.jpg.*\[FILE_TYPE_UNSUPPORTED\]/,
  };

  test.each(Object.keys(damage))("%s", async (name) => {
    const to = await temporaryFolder();
    await writeImages(to, seededBatch(5, 3, 3, 4, 5), (i) => "abc"[i]!);
    await damage[name]?.(to);
    const csv = join(to, "out.csv");
    const { code, out, err } = await inOwnProcess([
      "loss",
      ...losses("dice"),
      ...filesOf(to),
      "--per-image",
      csv,
    ]);
    expect([code, out]).toEqual([1, ""]);
    const message = err.trimEnd().split("\n").at(-1);
    expect(message).toMatch(/^pixelgrad: /);
    expect(message).toMatch(expected[name]!);
    expect(await readdir(to)).not.toContain("out.csv");
  });

  test("a black and white mask of one channel", async () => {
    const to = await temporaryFolder();
    await writeImages(to, seededBatch(5, 1, 1, 4, 5));
    const ids = new Uint8Array(20).fill(255, 7);
    await writePaletteMask(join(to, "masks/image-0.png"), ids, 5, 4, defaultPalette(2));
    const { code, err } = await inOwnProcess(["loss", ...losses("focal"), ...filesOf(to)]);
    expect(code).toBe(1);
    expect(err).toMatch(/image-0\.png: Target 255 at \[0,1,2\] .*divided by 255.*\[TARGET_OUT_OF_RANGE\]\n$/);
  });

  test("nothing to read", async () => {
    const { code, err } = await inOwnProcess(["loss", ...losses("dice"), ...filesOf("/nowhere")]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^pixelgrad: Expected files that match '\/nowhere\/pred\/\*\.npy'.*\[FILES_NOT_FOUND\]\n$/,
    );
  });
});

describe("an interrupt", () => {
  const random = seededRandom(11);

  test.each(Array.from({ length: 10 }, (_, i) => i))("at a random moment exits with 130 (%i)", async (i) => {
    const csv = join(folder, `interrupted-${i}.csv`);
    const args = ["loss", ...losses(...EXPRESSIONS), ...filesOf(folder), "--per-image", csv, "--json"];
    // After one of the first lines of progress; every second run is interrupted again while it ends.
    let linesToCome = 1 + Math.floor(random() * 4);
    const delays = [random() * 10, ...(i % 2 ? [5 + random() * 20] : [])];
    const { code, out, err } = await inOwnProcess(args, (child) => {
      child.stderr?.on("data", () => {
        linesToCome--;
        if (linesToCome !== 0) return;
        let after = 0;
        for (const delay of delays) {
          after += delay;
          setTimeout(() => child.kill("SIGINT"), after);
        }
      });
    });
    // The second one may meet a process that no longer listens, in its last microseconds: 130 to a shell as well.
    const seen = code === "SIGINT" && delays.length > 1 ? 130 : code;
    expect({ code: seen, out }).toEqual({ code: 130, out: "" });
    expect(err).toMatch(/pixelgrad: interrupted after \d+ files\n$/);
    expect((await readdir(folder)).filter((name) => name.startsWith(`interrupted-${i}`))).toEqual([]);
  });
});
