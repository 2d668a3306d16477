/** What `--trainable` and `--features` say. @module */
import type { Trainable } from "@pixelgrad/onnx";
import { InvalidArgumentError } from "commander";

/** `last`, `decoder` or `all`; anything else is names. */
export function parseTrainable(text: string): Trainable {
  return text === "last" || text === "decoder" || text === "all" ? text : parseNames(text);
}

/** Names with commas between. */
export function parseNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("Expected names with commas between.");
  return names;
}
