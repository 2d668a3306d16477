/** The values that every way from the image to the classifier goes through. @module */
import { valuesMade, valuesRead, type Wiring } from "./wiring.ts";

/**
 * In graph order, without the image and `output` themselves. A cut at one of them leaves a single feature; there are
 * none inside a block that something skips.
 */
export function waists(wiring: Wiring, input: string, output: string): string[] {
  const nodes = wiring.ancestors([output]);
  const reached = new Set([input]);
  // Values that are made from the image and that a later node still reads.
  const lastRead = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const value of valuesRead(node)) lastRead.set(value, i);
  });
  const open = new Set([input]);
  const found: string[] = [];
  nodes.forEach((node, i) => {
    if (
      !valuesRead(node).some((value) => reached.has(value)) ||
      valuesMade(node).every((v) => wiring.isStatic(v))
    )
      return;
    for (const value of valuesMade(node)) {
      reached.add(value);
      if (lastRead.has(value)) open.add(value);
    }
    for (const value of open) if ((lastRead.get(value) ?? -1) <= i) open.delete(value);
    const [only] = open;
    if (open.size === 1 && only !== undefined && only !== input && only !== output) found.push(only);
  });
  return [...new Set(found)];
}
