/**
 * The layers of heads as nodes and weights. Every layer is a Conv with a bias, because batch normalisation is of no use
 * to whoever trains sample by sample, and folds into one anyway.
 *
 * @module
 */
import { elementCount } from "@pixelgrad/core";
import { type Attributes, node } from "../graph/build.ts";
import { gaussianArray } from "../graph/gaussian.ts";
import type { NodeProto, TensorProto } from "../graph/onnx_pb.ts";
import { type AxisMatrix, resizeByMatrices } from "../graph/resize-matrices.ts";
import { floatTensor, intTensor } from "../graph/tensor-proto.ts";
import { interpolationMatrix } from "../runtime/interpolation-matrix.ts";

/** A value with height and width. */
export interface Grid {
  readonly name: string;
  readonly size: readonly [height: number, width: number];
  /** The axis of the height; the width is the next one. */
  readonly axis: 1 | 2;
}

/** A value `[N, channels, height, width]`. */
export interface Planes extends Grid {
  readonly channels: number;
  readonly axis: 2;
}

export interface ConvOptions {
  /** Height and width of the kernel, 1 unless given; what goes in is padded to the same size. */
  readonly kernel?: number;
  /** Distance between the taps of the kernel. */
  readonly rate?: number;
  readonly groups?: number;
  /** Standard deviation of the weights; that of He et al. 2015 for a layer before a Relu, unless given. */
  readonly deviation?: number;
}

export interface HeadWriterOptions {
  /** Every name starts with it. */
  readonly prefix: string;
  readonly seed: number;
  readonly opset: number;
}

/** As that of a new classifier in place of an old one. */
const CLASSIFIER_DEVIATION = 0.01;

/** Since this operator set a Resize takes sizes and says its coordinates. */
export const RESIZE_TO_SIZES = 11;

/** Keeps the layers of one seed apart. */
const SEED_STEP = 0x85ebca6b;

export class HeadWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #options: HeadWriterOptions;
  #layers = 0;

  constructor(options: HeadWriterOptions) {
    this.#options = options;
  }

  /** A convolution of stride 1 with weights N(0, deviation²) and a bias of zeros. */
  conv(x: Planes, channels: number, label: string, options: ConvOptions = {}): Planes {
    const { kernel = 1, rate = 1, groups = 1 } = options;
    const dims = [channels, x.channels / groups, kernel, kernel];
    const taps = (x.channels / groups) * kernel ** 2;
    const { deviation = Math.sqrt(2 / taps) } = options;
    const seed = this.#options.seed + Math.imul(this.#layers++, SEED_STEP);
    const pad = (rate * (kernel - 1)) / 2;
    const made = this.#emit(
      "Conv",
      [x.name, this.#name(`${label}/weight`), this.#name(`${label}/bias`)],
      label,
      {
        dilations: [rate, rate],
        group: groups,
        kernel_shape: [kernel, kernel],
        pads: [pad, pad, pad, pad],
        strides: [1, 1],
      },
    );
    this.initializers.push(
      floatTensor(this.#name(`${label}/weight`), dims, gaussianArray(seed, elementCount(dims), deviation)),
      floatTensor(this.#name(`${label}/bias`), [channels], new Float32Array(channels)),
    );
    return { ...x, name: made, channels };
  }

  /** The last layer: small weights, so that all classes begin alike. */
  classifier(x: Planes, channels: number): Planes {
    return this.conv(x, channels, "classifier", { deviation: CLASSIFIER_DEVIATION });
  }

  relu(x: Planes): Planes {
    return { ...x, name: this.#follow("Relu", x) };
  }

  sigmoid(x: Planes): Planes {
    return { ...x, name: this.#follow("Sigmoid", x) };
  }

  /** The mean of each plane, as planes of one pixel. */
  globalAverage(x: Planes, label: string): Planes {
    return { ...x, name: this.#emit("GlobalAveragePool", [x.name], label), size: [1, 1] };
  }

  /** `gate` has one pixel, or as many as `x`. */
  multiply(x: Planes, gate: Planes, label: string): Planes {
    return { ...x, name: this.#emit("Mul", [x.name, gate.name], label) };
  }

  concat(parts: readonly Planes[], label: string): Planes {
    const [first] = parts as [Planes];
    const channels = parts.reduce((sum, part) => sum + part.channels, 0);
    const name = this.#emit(
      "Concat",
      parts.map(({ name }) => name),
      label,
      { axis: 1 },
    );
    return { ...first, name, channels };
  }

  cast(x: Planes, type: number): Planes {
    return { ...x, name: this.#follow("Cast", x, { to: type }) };
  }

  /** Channels from the last axis to the second. */
  toPlanes(x: { readonly name: string }, channels: number, size: Grid["size"]): Planes {
    return { name: this.#follow("Transpose", x, { perm: [0, 3, 1, 2] }), channels, size, axis: 2 };
  }

  /**
   * Half-pixel bilinear, to the height and width that `like` has when the model runs. Below operator set 11, which cannot
   * say that, by matrices for the size that it has now.
   */
  async resize(x: Planes, like: Grid, output: string = this.#nameAfter(x, "resize")): Promise<Planes> {
    if (this.#options.opset >= RESIZE_TO_SIZES) {
      const sizes = this.#emit(
        "Concat",
        [this.#dims(x, 0, output), this.#dims(like, like.axis, output)],
        `${this.#label(output)}/sizes`,
        { axis: 0 },
      );
      const none = this.#name("none");
      this.#once(floatTensor(none, [0], []));
      this.nodes.push(
        node("Resize", [x.name, none, none, sizes], [output], {
          coordinate_transformation_mode: "half_pixel",
          mode: "linear",
        }),
      );
    } else {
      const [height, width] = [
        await halfPixelMatrix(x.size[0], like.size[0]),
        await halfPixelMatrix(x.size[1], like.size[1]),
      ];
      this.nodes.push(...resizeByMatrices(x.name, output, { height, width }));
    }
    return { ...x, name: output, size: like.size };
  }

  /** Two dims of a value, from `axis` on. */
  #dims({ name }: { readonly name: string }, axis: number, resized: string): string {
    const label = `${this.#label(resized)}/${axis === 0 ? "planes" : "pixels"}`;
    const shape = this.#emit("Shape", [name], `${label}/shape`);
    const [from, to] = [axis, axis + 2].map((at) => {
      const place = this.#name(`${at}`);
      this.#once(intTensor(place, [at]));
      return place;
    }) as [string, string];
    return this.#emit("Slice", [shape, from, to], label);
  }

  #once(tensor: TensorProto): void {
    if (!this.initializers.some(({ name }) => name === tensor.name)) this.initializers.push(tensor);
  }

  #follow(opType: string, x: { readonly name: string }, attributes: Attributes = {}): string {
    return this.#emit(opType, [x.name], this.#label(this.#nameAfter(x, opType.toLowerCase())), attributes);
  }

  #emit(opType: string, inputs: readonly string[], label: string, attributes: Attributes = {}): string {
    const output = this.#name(label);
    this.nodes.push(node(opType, inputs, [output], attributes));
    return output;
  }

  #nameAfter({ name }: { readonly name: string }, what: string): string {
    return this.#name(`${this.#label(name)}/${what}`);
  }

  #label(name: string): string {
    const { prefix } = this.#options;
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }

  #name(label: string): string {
    return this.#options.prefix + label;
  }
}

async function halfPixelMatrix(from: number, to: number): Promise<AxisMatrix> {
  const resize = node("Resize", ["x", "", "", "sizes"], ["y"], {
    coordinate_transformation_mode: "half_pixel",
    mode: "linear",
  });
  const data = await interpolationMatrix({ node: resize, opset: 18, from, to, scale: undefined });
  return { data, dims: [to, from] };
}
