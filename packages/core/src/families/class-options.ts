/** Over which classes a loss runs, and what each weighs. @module */
import { type OptionFields, optionInvalid } from "../options.ts";

export type ClassChoice = "all" | "foreground" | readonly number[];

export function classChoiceField(normal: "all" | "foreground"): OptionFields {
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
 * The indices that `choice` names among `classes` channels. A single channel is foreground.
 * @throws PixelgradError `OPTION_INVALID` for an index that is no channel or comes twice, and for an empty list.
 */
export function chosenClasses(loss: string, choice: ClassChoice, classes: number): readonly number[] {
  if (typeof choice !== "string") return checkedList(loss, choice, classes);
  const first = choice === "foreground" && classes > 1 ? 1 : 0;
  return Array.from({ length: classes - first }, (_, c) => first + c);
}

/** `[C]`: 1 for the classes of the choice, else 0; throws as {@link chosenClasses}. */
export function choiceMask(loss: string, choice: ClassChoice, classes: number): Uint8Array {
  const mask = new Uint8Array(classes);
  for (const c of chosenClasses(loss, choice, classes)) mask[c] = 1;
  return mask;
}

function checkedList(loss: string, list: readonly number[], classes: number): readonly number[] {
  const wrong = list.find((c, at) => c >= classes || list.indexOf(c) !== at);
  if (list.length > 0 && wrong === undefined) return list;
  throw optionInvalid(loss, "classes", list, `different classes from 0 to ${classes - 1}, at least one`);
}

/** @param role - what the weights do, where it is not to weigh the loss of a class; begins with a comma. */
export function classWeightsField(role = ""): OptionFields {
  return { classWeights: { kind: "numbers", min: 0, doc: `One weight per class of the logits${role}.` } };
}
