/** Which classes of the logits a loss is about. @module */
import { PixelgradError } from "../errors.ts";
import type { OptionFields } from "../options.ts";

export type ClassChoice = "all" | "foreground" | readonly number[];

export const classChoiceField: OptionFields = {
  classes: {
    kind: "any-of",
    of: [
      { kind: "choice", values: ["all", "foreground"] },
      { kind: "integers", min: 0 },
    ],
    default: "all",
    doc: "Classes the loss is about: all, all but class 0, or a list. A single class is always there.",
  },
};

/**
 * `[C]`: 1 for the classes of the choice, else 0.
 * @throws PixelgradError `OPTION_INVALID` for a class that the logits do not have.
 */
export function chosenClasses(loss: string, choice: ClassChoice, classes: number): Uint8Array {
  const chosen = new Uint8Array(classes);
  if (choice === "all" || (choice === "foreground" && classes === 1)) return chosen.fill(1);
  if (choice === "foreground") return chosen.fill(1, 1);
  const stray = choice.find((c) => c >= classes);
  if (stray !== undefined || choice.length === 0) {
    const allowed = `classes from 0 to ${classes - 1}, at least one`;
    throw new PixelgradError(
      "OPTION_INVALID",
      `${loss}: classes must be a list of ${allowed}, got [${choice}].`,
      { loss, option: "classes", value: choice, allowed },
    );
  }
  for (const c of choice) chosen[c] = 1;
  return chosen;
}
