/** Colours for classes. */

/** Red, green, blue, each 0..255. */
export type Color = readonly [red: number, green: number, blue: number];

/**
 * The PASCAL VOC colours: bit `3 j + c` of the class id becomes bit `7 - j` of channel `c`. Class 0 is black,
 * neighbours are far apart, and the first colours do not change with the number of classes.
 * @param classes - 0 to 256.
 */
export function defaultPalette(classes: number): Color[] {
  return Array.from({ length: classes }, (_, id) => {
    const color: [number, number, number] = [0, 0, 0];
    for (let j = 0; j < 8; j++) {
      for (let c = 0; c < 3; c++) color[c as 0 | 1 | 2] |= ((id >> (3 * j + c)) & 1) << (7 - j);
    }
    return color;
  });
}

/** Whether `value` is three integers in 0..255. */
export function isColor(value: unknown): value is Color {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((x) => Number.isInteger(x) && x >= 0 && x <= 255)
  );
}
