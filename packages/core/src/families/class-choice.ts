/** Which classes a loss is about. @module */
import { PixelgradError } from "../errors.ts";

export type ClassChoice = "all" | "foreground" | readonly number[];

/**
 * The indices that `choice` names among `classes` channels. A single channel is foreground.
 * @throws PixelgradError `OPTION_INVALID` for an index that is no channel or comes twice, and for an empty list.
 */
export function chosenClasses(loss: string, choice: ClassChoice, classes: number): readonly number[] {
  if (typeof choice !== "string") return checkedList(loss, choice, classes);
  const first = choice === "foreground" && classes > 1 ? 1 : 0;
  return Array.from({ length: classes - first }, (_, c) => first + c);
}

function checkedList(loss: string, list: readonly number[], classes: number): readonly number[] {
  const wrong = list.find((c, at) => c >= classes || list.indexOf(c) !== at);
  if (list.length > 0 && wrong === undefined) return list;
  const allowed = `different classes from 0 to ${classes - 1}, at least one`;
  throw new PixelgradError(
    "OPTION_INVALID",
    `${loss}: classes must be ${allowed}, for logits of ${classes} channels, got ${JSON.stringify(list)}.`,
    { loss, option: "classes", value: list, allowed },
  );
}
