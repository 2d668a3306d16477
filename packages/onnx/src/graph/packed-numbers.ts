/**
 * Numbers in protobuf's packed encoding: fixed-width ones are as in memory (little-endian), whole ones are varints of
 * seven bits a byte, the lowest first.
 *
 * @module
 */

/** How many varints there are; undefined when the last one is cut short or one is longer than 64 bits. */
export function countVarints(bytes: Uint8Array): number | undefined {
  let count = 0;
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    length++;
    if ((bytes[i] as number) < 0x80) {
      count++;
      length = 0;
    } else if (length === 10) return undefined;
  }
  return length === 0 ? count : undefined;
}

/** The low 32 bits of `count` varints. */
export function readVarints32(bytes: Uint8Array, count: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let shift = 0;
    let byte = 0;
    do {
      byte = bytes[at++] as number;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    out[i] = value;
  }
  return out;
}

export function readVarints64(bytes: Uint8Array, count: number): BigInt64Array<ArrayBuffer> {
  const out = new BigInt64Array(count);
  const halves = new Int32Array(out.buffer);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let [low, high] = [0, 0];
    let shift = 0;
    let byte = 0;
    do {
      byte = bytes[at++] as number;
      const part = byte & 0x7f;
      if (shift < 32) low |= part << shift;
      if (shift === 28) high |= part >> 4;
      else if (shift > 28 && shift < 64) high |= part << (shift - 32);
      shift += 7;
    } while (byte >= 0x80);
    halves[2 * i] = low;
    halves[2 * i + 1] = high;
  }
  return out;
}
