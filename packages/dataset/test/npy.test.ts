import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isPixelgradError, type Tensor, type TypedArray } from "@pixelgrad/core";
import { parseNpy, readNpy, writeNpy } from "@pixelgrad/dataset";
import { describe, expect, test } from "vitest";
import { folderWith } from "./temporary-folder.ts";

/** A .npy file as NumPy would write it, or not. */
function npy(dictionary: string, elements: Uint8Array, version = 1): Uint8Array {
  const header = Buffer.from(`${dictionary}\n`);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY"),
    Buffer.from([version, 0]),
    length,
    header,
    elements,
  ]);
}

const dictionary = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

function failureOf(bytes: Uint8Array) {
  try {
    parseNpy(bytes, "a.npy");
  } catch (error) {
    if (isPixelgradError(error)) return error;
    throw error;
  }
  throw new Error("expected the bytes to be refused");
}

describe("parseNpy", () => {
  const view = (write: (view: DataView) => void, bytes: number) => {
    const data = new DataView(new ArrayBuffer(bytes));
    write(data);
    return new Uint8Array(data.buffer);
  };

  test.each([
    ["f4", new Float32Array([1.5]), (v: DataView, little: boolean) => v.setFloat32(0, 1.5, little)],
    ["f8", new Float64Array([-Math.PI]), (v: DataView, little: boolean) => v.setFloat64(0, -Math.PI, little)],
    ["i2", new Int16Array([-300]), (v: DataView, little: boolean) => v.setInt16(0, -300, little)],
    ["u2", new Uint16Array([65000]), (v: DataView, little: boolean) => v.setUint16(0, 65000, little)],
    ["i4", new Int32Array([-70000]), (v: DataView, little: boolean) => v.setInt32(0, -70000, little)],
    ["u4", new Uint32Array([4e9]), (v: DataView, little: boolean) => v.setUint32(0, 4e9, little)],
    [
      "i8",
      new BigInt64Array([-(2n ** 60n)]),
      (v: DataView, little: boolean) => v.setBigInt64(0, -(2n ** 60n), little),
    ],
    [
      "u8",
      new BigUint64Array([2n ** 63n]),
      (v: DataView, little: boolean) => v.setBigUint64(0, 2n ** 63n, little),
    ],
  ] as const)("reads %s of either byte order", (type, expected, write) => {
    for (const little of [true, false]) {
      const bytes = view((v) => write(v, little), expected.BYTES_PER_ELEMENT);
      expect(parseNpy(npy(dictionary(`${little ? "<" : ">"}${type}`, "(1,)"), bytes))).toEqual({
        data: expected,
        dims: [1],
      });
    }
  });

  test("reads bytes: i1, u1, and booleans as Uint8Array", () => {
    const bytes = Uint8Array.of(0, 1, 255);
    expect(parseNpy(npy(dictionary("|i1", "(3,)"), bytes)).data).toEqual(Int8Array.of(0, 1, -1));
    expect(parseNpy(npy(dictionary("|u1", "(3,)"), bytes)).data).toEqual(bytes);
    expect(parseNpy(npy(dictionary("|b1", "(3,)"), bytes)).data).toEqual(bytes);
  });

  test("reads versions 1 to 3, keys in any order, Python 2's longs, scalars and empty arrays", () => {
    for (const version of [1, 2, 3]) {
      expect(parseNpy(npy(dictionary("|u1", "(2,)"), Uint8Array.of(1, 2), version)).dims).toEqual([2]);
    }
    expect(
      parseNpy(npy(`{"shape": (1L, 2L), "fortran_order": False, "descr": "|u1"}`, Uint8Array.of(1, 2))).dims,
    ).toEqual([1, 2]);
    expect(parseNpy(npy(dictionary("|u1", "()"), Uint8Array.of(7)))).toEqual({
      data: Uint8Array.of(7),
      dims: [],
    });
    expect(parseNpy(npy(dictionary("<f4", "(0, 5)"), new Uint8Array(0))).dims).toEqual([0, 5]);
  });

  test("turns Fortran order into C order: element [i, j, k] of 2×3×4 stays where it was", () => {
    // In column-major order the element [i, j, k] is stored at i + 2 j + 6 k.
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => i);
    const { data, dims } = parseNpy(npy(dictionary("|u1", "(2, 3, 4)", "True"), bytes));
    expect(dims).toEqual([2, 3, 4]);
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 3; j++) {
        for (let k = 0; k < 4; k++) expect(data[i * 12 + j * 4 + k]).toBe(i + 2 * j + 6 * k);
      }
    }
  });

  test("refuses float16, complex numbers, text and objects by name", () => {
    for (const type of ["f2", "c8", "U4", "O", "f16"]) {
      const error = failureOf(npy(dictionary(`<${type}`, "(1,)"), new Uint8Array(2)));
      expect(error.code).toBe("ARRAY_TYPE_UNSUPPORTED");
      expect(error.context).toEqual({ path: "a.npy", dtype: type });
    }
    expect(failureOf(npy(dictionary("<f2", "(1,)"), new Uint8Array(2))).message).toContain("float16");
  });

  test.each([
    ["no bytes", new Uint8Array(0)],
    ["another format", Buffer.from("PK\x03\x04 a .npz is a zip")],
    ["an unknown version", npy(dictionary("|u1", "(1,)"), Uint8Array.of(1), 4)],
    ["elements too few", npy(dictionary("<f4", "(2, 2)"), new Uint8Array(15))],
    ["elements too many", npy(dictionary("<f4", "(2, 2)"), new Uint8Array(17))],
    [
      "a shape of 10³⁰ elements",
      npy(dictionary("<f4", "(1000000000000000, 1000000000000000)"), new Uint8Array(4)),
    ],
    ["a shape beyond exact numbers", npy(dictionary("<f4", "(99999999999999999999,)"), new Uint8Array(4))],
    ["a negative shape", npy(dictionary("<f4", "(-1,)"), new Uint8Array(4))],
    ["65 dimensions", npy(dictionary("|u1", `(${"1, ".repeat(65)})`), new Uint8Array(1))],
    [
      "named fields",
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
    ],
    [
      "code in the header",
      npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}", new Uint8Array(4)),
    ],
    ["a missing key", npy("{'descr': '<f4', 'shape': (1,)}", new Uint8Array(4))],
    ["text after the dictionary", npy(`${dictionary("<f4", "(1,)")} + 1`, new Uint8Array(4))],
  ])("%s is ARRAY_DAMAGED", (_, bytes) => {
    const error = failureOf(bytes);
    expect(error.code).toBe("ARRAY_DAMAGED");
    expect(error.message).toContain("a.npy");
  });

  test("a file cut at any byte is ARRAY_DAMAGED", () => {
    const whole = npy(dictionary("<f4", "(2,)"), new Uint8Array(8));
    for (let length = 0; length < whole.length; length++) {
      expect(failureOf(whole.subarray(0, length)).code).toBe("ARRAY_DAMAGED");
    }
  });
});

describe("writeNpy", () => {
  test("writes what readNpy reads, for every type and rank 0 to 4, elements at a multiple of 64 bytes", async () => {
    const folder = await folderWith({});
    const arrays: TypedArray[] = [
      Float32Array.of(1.5, -0),
      Float64Array.of(Number.NaN, 1e300),
      Int8Array.of(-1, 1),
      Uint8Array.of(0, 255),
      Int16Array.of(-1, 1),
      Uint16Array.of(0, 65535),
      Int32Array.of(-1, 1),
      Uint32Array.of(0, 2 ** 32 - 1),
      BigInt64Array.of(-1n, 1n),
      BigUint64Array.of(0n, 2n ** 64n - 1n),
    ];
    const tensors: Tensor[] = [
      ...arrays.flatMap((data) => [[2], [2, 1], [1, 2, 1], [1, 1, 1, 2]].map((dims) => ({ data, dims }))),
      { data: Uint8Array.of(9), dims: [] },
      { data: new Float32Array(0), dims: [3, 0] },
    ];
    for (const tensor of tensors) {
      const path = join(folder, "deep/er", "a.npy");
      await writeNpy(path, tensor);
      expect(await readNpy(path)).toEqual(tensor);
      const bytes = await readFile(path);
      expect((bytes.length - tensor.data.byteLength) % 64).toBe(0);
    }
    expect(await readdir(join(folder, "deep/er"))).toEqual(["a.npy"]);
  });

  test("writes a view of a larger buffer, and clamped bytes as u1", async () => {
    const path = join(await folderWith({}), "a.npy");
    await writeNpy(path, { data: Float32Array.of(1, 2, 3, 4).subarray(1, 3), dims: [2] });
    expect((await readNpy(path)).data).toEqual(Float32Array.of(2, 3));
    await writeNpy(path, { data: Uint8ClampedArray.of(300), dims: [1] });
    expect((await readNpy(path)).data).toEqual(Uint8Array.of(255));
  });

  test("refuses dims that do not fit", async () => {
    await expect(writeNpy("a.npy", { data: new Float32Array(3), dims: [2, 2] })).rejects.toMatchObject({
      code: "SHAPE_MISMATCH",
    });
  });

  test("says that a file is missing", async () => {
    await expect(readNpy("/nonexistent/a.npy")).rejects.toMatchObject({ code: "DATA_FILE_UNREADABLE" });
  });
});
