/** Dims of every value of a model, and the numbers of those that are constants once the input's dims are. @module */
import { elementCount, PixelgradError } from "@pixelgrad/core";
import { edited } from "../graph/edited.ts";
import { elementTypeNumber } from "../graph/element-types.ts";
import type { TensorProto } from "../graph/onnx_pb.ts";
import type { OnnxModel } from "../graph/onnx-model.ts";
import { dimsOf, rawTensor, readNumbers } from "../graph/tensor-proto.ts";
import { Wiring } from "../graph/wiring.ts";
import { inferShapes } from "./infer-shapes.ts";
import { type InferredValue, inferValues } from "./infer-values.ts";
import { staticValues } from "./static-values.ts";

/** Sizes and scales are small; a rule that asks for the numbers of a weight asks for the wrong thing. */
const LARGEST_NUMBERS = 64;

export class KnownValues {
  readonly #wiring: Wiring;
  readonly #inferred: ReadonlyMap<string, InferredValue>;

  /** Runs the model once on zeros, where the runtime cannot tell all dims without a run. */
  static async of(model: OnnxModel, input: string, dims: readonly number[]): Promise<KnownValues> {
    const wiring = Wiring.of(model.graph);
    const inputDims = { [input]: dims };
    const shapes = await inferShapes(model, wiring, inputDims);
    if (shapes === undefined) {
      const run = await inferValues(model, inputDims, (value) => wiring.isStatic(value));
      return new KnownValues(wiring, run);
    }
    const dimsOfValue = (name: string) => shapes.get(name)?.dims;
    for (const [name, value] of await staticValues(model, wiring, dimsOfValue)) shapes.set(name, value);
    return new KnownValues(wiring, shapes);
  }

  private constructor(wiring: Wiring, inferred: ReadonlyMap<string, InferredValue>) {
    this.#wiring = wiring;
    this.#inferred = inferred;
  }

  /** Undefined for a name that is no tensor of the model. */
  dims(name: string): readonly number[] | undefined {
    const constant = this.#wiring.constant(name);
    return constant === undefined ? this.#inferred.get(name)?.dims : dimsOf(constant);
  }

  /** @throws PixelgradError `TENSOR_NOT_FOUND`. */
  shape(name: string): readonly number[] {
    const dims = this.dims(name);
    if (dims === undefined) {
      throw new PixelgradError("TENSOR_NOT_FOUND", `The model has no tensor named '${name}'.`, { name });
    }
    return dims;
  }

  type(name: string): string | undefined {
    return this.#inferred.get(name)?.type;
  }

  /** The tensor of a constant, or of what follows from constants and shapes, under the name `name`. */
  constant(name: string): TensorProto | undefined {
    const kept = this.#wiring.constant(name);
    if (kept !== undefined) return kept.name === name ? kept : edited(kept, { name });
    if (!this.#wiring.isStatic(name)) return undefined;
    const { data, dims, type = "" } = this.#inferred.get(name) ?? {};
    const number = elementTypeNumber(type);
    if (data === undefined || dims === undefined || number === undefined) return undefined;
    return rawTensor(name, dims, number, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** Small numbers that a graph computes or holds; undefined when there are none. */
  numbers(name: string): readonly number[] | undefined {
    const constant = this.constant(name);
    if (constant === undefined || elementCount(dimsOf(constant)) > LARGEST_NUMBERS) return undefined;
    return readNumbers(constant);
  }
}
