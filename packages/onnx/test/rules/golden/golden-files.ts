/** The committed golden files, made by PyTorch in float64. */
import { existsSync, readFileSync } from "node:fs";

export interface Golden {
  /** Of the case that it was made from. */
  readonly hash: string;
  readonly y: readonly number[];
  /** By input. */
  readonly grads: Readonly<Record<string, readonly number[]>>;
}

export const WRITE_AGAIN = "write the golden files again: pnpm run golden";

/** By title; empty for a family that has none. */
export function readGolden(family: string): Readonly<Record<string, Golden>> {
  const file = new URL(`${family}.json`, import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, Golden>) : {};
}
