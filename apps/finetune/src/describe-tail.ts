/** The way from classifier to output in words, and what is odd about it. */
import type { Inspection, TailResize } from "@pixelgrad/onnx";

/** `Upsample asymmetric linear x7.79`; other nodes by their operator. */
export function describeTail({ tail, resizes }: Pick<Inspection, "tail" | "resizes">): string[] {
  return tail.flatMap((node) => {
    const resize = resizes.find(({ nodes }) => nodes.includes(node));
    if (resize === undefined) return [node.opType];
    return resize.nodes[0] === node ? [describeResize(resize)] : [];
  });
}

/** What to do about a final resize that shifts its output; undefined when it does not. */
export function resizeHint({ resizes }: Pick<Inspection, "resizes">): string | undefined {
  const last = resizes.at(-1);
  if (last?.mode !== "linear" || last.coordinates !== "asymmetric") return undefined;
  return "asymmetric coordinates shift the output by up to a cell of the features: try train --resize half-pixel";
}

function describeResize({ op, mode, coordinates, scales }: TailResize): string {
  const name = op === "MatMul" ? "two MatMuls" : op;
  return [name, coordinates, mode, scales && scaleText(scales)].filter(Boolean).join(" ");
}

function scaleText([height, width]: readonly [number, number]): string {
  const [h, w] = [shortNumber(height), shortNumber(width)];
  return h === w ? `x${h}` : `x${h} by x${w}`;
}

function shortNumber(value: number): string {
  return String(Number(value.toFixed(2)));
}
