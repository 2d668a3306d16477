/**
 * Compiles the kernels, which use relaxed SIMD: a multiplication and an addition in one operation, rounded once.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";

/**
 * Node 20 has the final form of relaxed SIMD behind a flag of V8, later versions have it without. V8 reads the flag when
 * a module is compiled, so that it can be set that late. It stays set: threads share it, and others may be compiling.
 */
export function compileKernels(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  if (!WebAssembly.validate(bytes)) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return new WebAssembly.Module(bytes);
}
