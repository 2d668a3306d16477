/** Zeros in a SharedArrayBuffer: they cross to a thread by reference. */
export function sharedDoubles(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}
