/** Element types of the ONNX format, by the numbers the format gives them. */
export const elementType = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
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
  16: "bfloat16",
};

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
