/** What `--trainable` says. @module */
import type { Trainable } from "@pixelgrad/onnx";
import { InvalidArgumentError } from "commander";

/** `last`, `decoder` or `all`; anything else is names, with commas between. */
export function parseTrainable(text: string): Trainable {
  if (text === "last" || text === "decoder" || text === "all") return text;
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === "")) {
    throw new InvalidArgumentError("Expected last, decoder, all, or names with commas between.");
  }
  return names;
}
