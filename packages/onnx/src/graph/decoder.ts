/**
 * Where the decoder of a segmentation network begins.
 *
 * Networks go down in resolution before they come up again, so the encoder ends at the first value that is upsampled:
 * it is all that value depends on, and the decoder is the rest of the way to the logits. Image pooling, as in ASPP,
 * upsamples a single pixel; it begins where it pools. One that is spread by a product, as the gate of LR-ASPP, is not told
 * from the squeeze-and-excitation of an encoder: there name the tensors that the head stands on. A network that upsamples nothing but its logits has no
 * decoder by that measure: then what follows the last node that joins two branches is taken for one, as in FCN.
 *
 * @module
 */
import { elementCount } from "@pixelgrad/core";
import type { NodeProto } from "./onnx_pb.ts";
import { resizeMatricesAt } from "./resize-matrices.ts";
import { valuesRead, type Wiring } from "./wiring.ts";

export interface DecoderSearch {
  readonly wiring: Wiring;
  readonly classifier: string;
  readonly logits: string;
  /** Static dims of a value; undefined where they are not known. */
  dims(value: string): readonly number[] | undefined;
}

/** The value at which the encoder ends; undefined when the network is one chain without upsampling. */
export function encoderEnd({ wiring, classifier, logits, dims }: DecoderSearch): string | undefined {
  const pixels = (value: string): number => {
    const [, , ...spatial] = dims(value) ?? [];
    return spatial.length === 0 ? 0 : elementCount(spatial);
  };
  const toLogits = wiring.ancestors([logits]);
  const toClassifier = new Set(wiring.ancestors([classifier]));
  for (const node of toLogits) {
    const [output = ""] = node.output;
    const input = toClassifier.has(node) && !wiring.isStatic(output) ? resizedBy(wiring, node) : undefined;
    if (input === undefined) continue;
    const before = pixels(input);
    if (pixels(output) <= before) continue;
    return before === 1 ? pooledFrom(wiring, input, pixels) : input;
  }
  const joins = [...toClassifier].filter((node) => joining.has(node.opType) && branches(wiring, node) > 1);
  return joins.at(-1)?.output[0];
}

const upsampling = new Set(["ConvTranspose", "DepthToSpace", "Expand", "Resize", "Upsample"]);
const joining = new Set(["Add", "Concat", "Mul", "Sum"]);

/** What a node that may upsample takes; of two products with matrices, what the first one does. */
function resizedBy(wiring: Wiring, node: NodeProto): string | undefined {
  const first = upsampling.has(node.opType) ? node : resizeMatricesAt(wiring, node)?.nodes[0];
  return first?.input[0];
}

/** The value that was pooled to the one pixel of `value`. */
function pooledFrom(wiring: Wiring, value: string, pixels: (value: string) => number): string {
  let at = value;
  for (let node = wiring.producer(at); node !== undefined; node = wiring.producer(at)) {
    const wider = node.input.find((input) => pixels(input) > 1 && !wiring.isStatic(input));
    if (wider !== undefined) return wider;
    const next = node.input.find((input) => !wiring.isStatic(input));
    if (next === undefined) return value;
    at = next;
  }
  return value;
}

function branches(wiring: Wiring, node: NodeProto): number {
  return new Set(valuesRead(node).filter((value) => !wiring.isStatic(value))).size;
}
