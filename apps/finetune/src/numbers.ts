/** Numbers on the command line. */
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
