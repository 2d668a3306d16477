/** The first bytes of a file, which say what it is whatever its name says. */

export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const JPEG_SIGNATURE: readonly number[] = [0xff, 0xd8, 0xff];
/** `\x93NUMPY` */
export const NPY_SIGNATURE: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether `bytes` begins with `signature`. */
export function beginsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}
