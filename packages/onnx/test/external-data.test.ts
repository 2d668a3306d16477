/** Weights in files beside the model: read where they are contained, refused where they are not. */
import { execFileSync } from "node:child_process";
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildModel, floatTensor, node, OnnxModel, openSession, rawTensor, valueInfo } from "@pixelgrad/onnx";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "pixelgrad-external-"));
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "model-"));
});
afterAll(() => rm(root, { recursive: true }));

type Entries = Readonly<Record<string, string>>;

/** A tensor whose numbers are where `entries` say. */
function externalTensor(name: string, dims: readonly number[], entries: Entries, type = 1) {
  const inside = rawTensor(name, dims, type, new Uint8Array(0));
  Reflect.deleteProperty(inside, "rawData");
  const externalData = Object.entries(entries).map(([key, value]) => ({
    $typeName: "onnx.StringStringEntryProto" as const,
    key,
    value,
  }));
  return Object.assign(inside, { externalData, dataLocation: 1 });
}

/** y = x + w + c, of four numbers; w outside, c outside in a Constant node. */
function modelWith(w: Entries, c: Entries = w): OnnxModel {
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Constant", [], ["c"], { value: { tensor: externalTensor("", [4], c) } }),
        node("Sum", ["x", "w", "c"], ["y"]),
      ],
      inputs: [valueInfo("x", [4])],
      outputs: [valueInfo("y", [4])],
      initializers: [externalTensor("w", [4], w)],
    }),
  );
}

const numbers = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

async function sum(model: OnnxModel): Promise<unknown> {
  const session = await openSession(model.toBytes());
  try {
    return [...(await session.run({ x: { data: new Float32Array(4), dims: [4] } }))["y"]!.data];
  } finally {
    await session.release();
  }
}

async function loadWith(w: Entries, c?: Entries): Promise<OnnxModel> {
  const path = join(folder, "model.onnx");
  await writeFile(path, modelWith(w, c).toBytes());
  return OnnxModel.load(path);
}

describe("weights in another file", () => {
  test("are read at their offsets, below a folder too, and run; a checksum is not looked at", async () => {
    await mkdir(join(folder, "parts"));
    await writeFile(join(folder, "parts", "w::0.bin"), numbers(9, 9, 1, 2, 3, 4));
    await writeFile(join(folder, "c.bin"), numbers(10, 20, 30, 40));
    const w = { location: "./parts/w::0.bin", offset: "8", length: "16", checksum: "none" };
    const model = await loadWith(w, { location: "c.bin" });
    expect([...model.parameter("w").data]).toEqual([1, 2, 3, 4]);
    expect([...model.parameter("c").data]).toEqual([10, 20, 30, 40]);
    expect(await sum(model)).toEqual([11, 22, 33, 44]);
  });

  test("that overlap are read once, each with its own numbers", async () => {
    await writeFile(join(folder, "both.bin"), numbers(1, 2, 3, 4, 5));
    const model = await loadWith({ location: "both.bin" }, { location: "both.bin", offset: "4" });
    expect(model.parameter("w").data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(model.parameter("c").data).toEqual(Float32Array.of(2, 3, 4, 5));
  });

  test("are written inside the model, in a file that needs no other", async () => {
    await writeFile(join(folder, "w.bin"), numbers(1, 2, 3, 4));
    const model = await loadWith({ location: "w.bin" });
    const other = await mkdtemp(join(root, "saved-"));
    const changed = model.withParameters(new Map([["w", { data: Float32Array.of(5, 6, 7, 8), dims: [4] }]]));
    await changed.save(join(other, "saved.onnx"));
    expect(await readdir(other)).toEqual(["saved.onnx"]);
    const again = OnnxModel.parse(await readFile(join(other, "saved.onnx")));
    expect(await sum(again)).toEqual([6, 8, 10, 12]);
    expect([...(await readFile(join(folder, "w.bin")))]).toEqual([...numbers(1, 2, 3, 4)]);
  });

  test("are refused from bytes alone, which do not tell the folder", () => {
    expect(() => OnnxModel.parse(modelWith({ location: "w.bin" }).toBytes(), "mine")).toThrow(
      expect.objectContaining({
        code: "EXTERNAL_DATA_REFUSED",
        message: expect.stringMatching(/mine.*'w'.*'w\.bin'.*load the model by its path/),
      }),
    );
  });
});

describe("a location is refused with EXTERNAL_DATA_REFUSED, naming tensor and reason,", () => {
  const refusal = (reason: RegExp) => ({
    code: "EXTERNAL_DATA_REFUSED",
    context: { model: join(folder, "model.onnx"), tensor: "w", reason: expect.stringMatching(reason) },
    message: expect.stringContaining("'w'"),
  });

  test.each([
    ["none", {}, /names no file/],
    ["an empty one", { location: "" }, /names no file/],
    ["an absolute one", { location: "/etc/passwd" }, /absolute/],
    ["one with a drive", { location: "C:/weights.bin" }, /absolute/],
    ["a drive's own folder", { location: "c:weights.bin" }, /absolute/],
    ["one above", { location: "../w.bin" }, /leads out/],
    ["one above, on the way", { location: "parts/../../w.bin" }, /leads out/],
    ["one above, that comes back", { location: "parts/../w.bin" }, /leads out/],
    ["backslashes", { location: "..\\w.bin" }, /backslash/],
    ["a share", { location: "\\\\server\\w.bin" }, /backslash/],
    ["a NUL", { location: "w.bin\0.txt" }, /NUL/],
    ["a folder's name", { location: "parts/" }, /names no file/],
    ["the folder itself", { location: "." }, /names no file/],
    ["two slashes", { location: "parts//w.bin" }, /names no file/],
    ["a folder", { location: "parts" }, /regular file/],
    ["a file that is not there", { location: "nowhere.bin" }, /no such file/],
    ["a file as a folder", { location: "w.bin/w.bin" }, /no such file/],
    ["a name too long", { location: "w".repeat(5000) }, /cannot be opened/],
    ["the runtime's mark for memory", { location: "*/_ORT_MEM_ADDR_/*" }, /no such file/],
    ["an offset past the end", { location: "w.bin", offset: "4" }, /bytes 4 to 20 of a file of 16/],
    ["a huge offset", { location: "w.bin", offset: "9007199254740991" }, /of a file of 16/],
    ["a negative offset", { location: "w.bin", offset: "-4" }, /no whole number/],
    ["an offset that is no number", { location: "w.bin", offset: "0x10" }, /no whole number/],
    ["an offset past what counts", { location: "w.bin", offset: "99999999999999999999" }, /no whole number/],
    [
      "a length of other dims",
      { location: "w.bin", length: "12" },
      /length is 12 bytes, and its dims need 16/,
    ],
  ])("%s", async (_, entries, reason) => {
    await mkdir(join(folder, "parts"));
    await writeFile(join(folder, "w.bin"), numbers(1, 2, 3, 4));
    await writeFile(join(root, "w.bin"), numbers(1, 2, 3, 4));
    await expect(loadWith(entries as Entries)).rejects.toMatchObject(refusal(reason));
  });

  test.skipIf(process.platform === "win32")("a link, on the way and at the end, even to inside", async () => {
    await writeFile(join(root, "outside.bin"), numbers(1, 2, 3, 4));
    await mkdir(join(folder, "real"));
    await writeFile(join(folder, "real", "w.bin"), numbers(1, 2, 3, 4));
    await symlink(join(root, "outside.bin"), join(folder, "link.bin"));
    await symlink("real", join(folder, "way"));
    await symlink("/", join(folder, "top"));
    for (const location of ["link.bin", "way/w.bin", "top/etc/passwd"]) {
      await expect(loadWith({ location })).rejects.toMatchObject(refusal(/symbolic link/));
    }
  });

  test.skipIf(process.platform === "win32")("a hard link, and a pipe, without waiting for it", async () => {
    await writeFile(join(root, "twice.bin"), numbers(1, 2, 3, 4));
    await link(join(root, "twice.bin"), join(folder, "hard.bin"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await expect(loadWith({ location: "hard.bin" })).rejects.toMatchObject(refusal(/hard link/));
    await expect(loadWith({ location: "pipe" })).rejects.toMatchObject(refusal(/regular file/));
    await expect(OnnxModel.load(join(folder, "pipe"))).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });

  test("dims of terabytes, without allocating them", async () => {
    await writeFile(join(folder, "w.bin"), numbers(1));
    const path = join(folder, "model.onnx");
    for (const [dims, reason] of [
      [[2 ** 31, 2 ** 10], /of a file of 4/],
      [[2 ** 40, 2 ** 40], /dims/],
      [[-1, 4], /dims/],
    ] as const) {
      const model = modelWith({ location: "w.bin" });
      const tensor = externalTensor("w", dims, { location: "w.bin" });
      await writeFile(path, model.withGraph({ initializer: [tensor] }).toBytes());
      await expect(OnnxModel.load(path)).rejects.toMatchObject({
        message: expect.stringMatching(reason),
      });
    }
  });
});

test("a model that runs from its own file is found through a link to that file's folder", async () => {
  await writeFile(join(folder, "w.bin"), numbers(1, 2, 3, 4));
  await writeFile(join(folder, "model.onnx"), modelWith({ location: "w.bin" }).toBytes());
  await symlink(folder, join(root, "alias"));
  const model = await OnnxModel.load(join(root, "alias", "model.onnx"));
  expect(await sum(model)).toEqual([2, 4, 6, 8]);
  expect(floatTensor("w", [4], model.parameter("w").data).rawData).toEqual(numbers(1, 2, 3, 4));
});
