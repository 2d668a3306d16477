/** Element types of the ONNX format, by the numbers the format gives them. */
export const elementType = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

const names: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  8: "string",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  13: "uint64",
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
};

/** Bits of an element, by type number: 4-bit types share bytes. Strings have none. */
const bits: readonly (number | undefined)[] = [
  undefined,
  ...[32, 8, 8, 16, 16, 32, 64, undefined, 8, 16, 64, 32, 64, 64, 128, 16],
  ...[8, 8, 8, 8, 4, 4, 4, 8, 2, 2],
];

/** How many bytes `count` elements take; undefined for strings and types this package does not know. */
export function byteLength(type: number, count: number): number | undefined {
  const size = bits[type];
  return size === undefined ? undefined : Math.ceil((count * size) / 8);
}

/** What an element type is called; `type 17` for one this package does not know. */
export function elementTypeName(type: number): string {
  return names[type] ?? `type ${type}`;
}

/** The number of the type of that name; undefined for a name that is none, or no name. */
export function elementTypeNumber(name: string | undefined): number | undefined {
  const found = Object.entries(names).find(([, other]) => other === name);
  return found === undefined ? undefined : Number(found[0]);
}

/** Whether numbers of that type are floating point, of any width. */
export function isFloatingPoint(type: number): boolean {
  const { float, float16, float64, bfloat16 } = elementType;
  return type === float || type === float16 || type === float64 || type === bfloat16;
}
