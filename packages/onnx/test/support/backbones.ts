/** Small networks without a segmentation output, built node by node. */
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import { buildModel, floatTensor, intTensor, node, OnnxModel, valueInfo } from "@pixelgrad/onnx";

export interface BackboneOptions {
  readonly opset?: number;
  /** Dims of the input, open ones by name. */
  readonly dims?: readonly (number | string)[];
}

/** The names of what each stride hands on. */
export const stages = { 2: "r0", 4: "sum", 8: "r3" } as const;

/**
 * A classifier of images `[1, 3, 32, 48]` in ten classes: stride 2 and 4 (with a residual block) and 8, pooled, and a
 * second output that no head needs.
 */
export function classifierNetwork({ opset = 13, dims = [1, 3, 32, 48] }: BackboneOptions = {}): OnnxModel {
  const random = seededRandom(11);
  const kernel = (name: string, shape: readonly number[]) =>
    floatTensor(
      name,
      shape,
      uniformArray(
        random,
        shape.reduce((a, b) => a * b, 1),
      ),
    );
  const down = { strides: [2, 2], pads: [1, 1, 1, 1] };
  const same = { pads: [1, 1, 1, 1] };
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w0", "b0"], ["c0"], down),
        node("Relu", ["c0"], ["r0"]),
        node("Conv", ["r0", "w1"], ["c1"], down),
        node("Relu", ["c1"], ["r1"]),
        node("Conv", ["r1", "w2"], ["c2"], same),
        node("Relu", ["c2"], ["r2"]),
        node("Add", ["r1", "r2"], ["sum"]),
        node("Conv", ["sum", "w3"], ["c3"], down),
        node("Relu", ["c3"], ["r3"]),
        node("GlobalAveragePool", ["r3"], ["pooled"]),
        node("Reshape", ["pooled", "flat"], ["vector"]),
        node("Gemm", ["vector", "w4", "b4"], ["classes"]),
        node("Sigmoid", ["classes"], ["scores"]),
      ],
      inputs: [valueInfo("image", dims)],
      outputs: [valueInfo("classes", [dims[0] as number, 10]), valueInfo("scores", [dims[0] as number, 10])],
      initializers: [
        kernel("w0", [6, 3, 3, 3]),
        kernel("b0", [6]),
        kernel("w1", [8, 6, 3, 3]),
        kernel("w2", [8, 8, 3, 3]),
        kernel("w3", [16, 8, 3, 3]),
        kernel("w4", [16, 10]),
        kernel("b4", [10]),
        intTensor("flat", [-1, 16]),
      ],
      opset,
    }),
    "the test classifier",
  );
}
