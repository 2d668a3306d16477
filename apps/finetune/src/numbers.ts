/** Numbers on the command line. */
import type { Size } from "@pixelgrad/dataset";
import { InvalidArgumentError } from "commander";

/** A whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= min) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
  };
}

/** A finite number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}

/** A finite number of at least 0. */
export function nonNegativeNumber(text: string): number {
  return Number(text) === 0 && text.trim() !== "" ? 0 : positiveNumber(text);
}

/** `512x384`, height first; one number for a square. */
export function parseSize(text: string): Size {
  const [height, width = height, ...rest] = text.split("x").map(Number);
  const valid = [height, width].every((d) => Number.isInteger(d) && (d as number) > 0);
  if (!valid || rest.length > 0) throw new InvalidArgumentError("Expected height and width such as 512x384.");
  return [height as number, width as number];
}
