/** Over which classes a loss runs. @module */
import { type OptionFields, optionInvalid } from "../options.ts";

export type ClassSelection = "all" | "foreground" | readonly number[];

export function classesField(normal: "all" | "foreground"): OptionFields {
  return {
    classes: {
      kind: "any-of",
      of: [
        { kind: "choice", values: ["all", "foreground"] },
        { kind: "integers", min: 0 },
      ],
      default: normal,
      doc: "Classes the loss runs over; foreground is all but channel 0, which a single channel keeps.",
    },
  };
}

/**
 * Whether each class of the logits is selected.
 * @throws PixelgradError `OPTION_INVALID` for a class the logits do not have, and when none is left.
 */
export function selectClasses(loss: string, selection: ClassSelection, classes: number): readonly boolean[] {
  if (typeof selection !== "string") {
    const beyond = selection.find((c) => c >= classes);
    const allowed = `a list of at least one class from 0 to ${classes - 1}`;
    if (beyond !== undefined || selection.length === 0) {
      throw optionInvalid(loss, "classes", selection, allowed);
    }
  }
  return Array.from({ length: classes }, (_, c) => {
    if (typeof selection !== "string") return selection.includes(c);
    return selection === "all" || classes === 1 || c > 0;
  });
}
