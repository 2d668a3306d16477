/**
 * The header of a `.npy` file: magic, version, and a Python dictionary literal, which is read token by token and
 * never evaluated. Format: numpy/lib/format.py, versions 1.0 to 3.0.
 *
 * @module
 */
import { beginsWith, NPY_SIGNATURE } from "./file-signature.ts";

export interface NpyHeader {
  /** The dtype without its byte order: "f4", "u1", … */
  readonly type: string;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly dims: readonly number[];
  /** Where the elements begin, in bytes. */
  readonly offset: number;
}

/**
 * The header at the start of `bytes`; the elements after it are not looked at.
 * @throws Error whose message is the reason.
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length === 0) throw new Error("the file is empty");
  if (!beginsWith(bytes, NPY_SIGNATURE)) throw new Error("it does not begin like a .npy file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) throw new Error(`its format version is ${major}, and 1 to 3 are known`);
  // Version 1 has a 16-bit header length, later ones 32 bits.
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw new Error("it ends inside its header");
  const offset = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < offset) throw new Error("it ends inside its header");
  return { ...parseDictionary(new TextDecoder().decode(bytes.subarray(start, offset))), offset };
}

const ENTRY =
  /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|(\([\d\sL,]*\)))\s*(,|(?=\}))/y;

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, keys in any order. */
function parseDictionary(text: string): Omit<NpyHeader, "offset"> {
  const open = text.indexOf("{") + 1;
  if (open === 0 || text.slice(0, open - 1).trim() !== "") throw new Error("its header is not a dictionary");
  const entries = new Map<string, string>();
  ENTRY.lastIndex = open;
  let end = open;
  for (let match = ENTRY.exec(text); match; match = ENTRY.exec(text)) {
    entries.set(match[1] ?? match[2] ?? "", match[3] ?? match[4] ?? match[5] ?? match[6] ?? "");
    end = ENTRY.lastIndex;
  }
  const descr = entries.get("descr");
  const fortran = entries.get("fortran_order");
  const shape = entries.get("shape");
  const whole = /^\s*\}\s*$/.test(text.slice(end)) && entries.size === 3;
  if (/'descr'\s*:\s*\[/.test(text)) throw new Error("it holds records with named fields, not numbers");
  if (!whole || descr === undefined || shape === undefined || (fortran !== "True" && fortran !== "False")) {
    throw new Error("its header does not have the form {'descr': …, 'fortran_order': …, 'shape': …}");
  }
  return {
    type: descr.replace(/^[<>=|]/, ""),
    bigEndian: descr.startsWith(">"),
    fortran: fortran === "True",
    dims: parseShape(shape),
  };
}

/** `(2, 3)`, `(2,)`, `()`; Python 2 wrote `(2L, 3L)`. */
function parseShape(shape: string): number[] {
  const parts = shape
    .slice(1, -1)
    .split(",")
    .map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  return parts.map((part) => {
    const size = /^\d+L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN;
    if (!Number.isSafeInteger(size)) throw new Error(`its shape is ${shape}`);
    return size;
  });
}
