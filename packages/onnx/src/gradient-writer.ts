/** The gradient graph while it is written. @module */
import { type Attributes, node } from "./graph/build.ts";
import type { NodeProto, TensorProto } from "./graph/onnx_pb.ts";
import { floatTensor, intTensor } from "./graph/tensor-proto.ts";

/** Every name in it that is not one of the forward graph starts so. */
export const GRADIENT_PREFIX = "pixelgrad:";

/** Nodes and constants of the gradient graph; equal ones are made once. */
export class GradientWriter {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  readonly #known = new Map<string, string>();

  emit(opType: string, inputs: readonly string[], count: number, attributes: Attributes = {}): string[] {
    const name = this.#once(JSON.stringify([opType, inputs, attributes, count]), (first) => {
      this.nodes.push(node(opType, inputs, namesFrom(first, count), attributes));
    });
    return namesFrom(name, count);
  }

  ints(values: readonly number[]): string {
    return this.#once(JSON.stringify(values), (name) => this.constants.push(intTensor(name, values)));
  }

  floats(values: ArrayLike<number>, dims: readonly number[]): string {
    // Large matrices are not compared: two Resizes rarely share one.
    const key =
      values.length > 16 ? `matrix ${this.constants.length}` : JSON.stringify([bitsOf(values), dims]);
    return this.#once(`float ${key}`, (name) => this.constants.push(floatTensor(name, dims, values)));
  }

  /** Gives a value the name of a graph output. */
  end(value: string, name: string): void {
    this.nodes.push(node("Identity", [value], [name]));
  }

  #once(key: string, make: (name: string) => void): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = `${GRADIENT_PREFIX}${this.#known.size}`;
    this.#known.set(key, name);
    make(name);
    return name;
  }
}

function namesFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? first : `${first}.${i}`));
}

/** JSON would write infinities of both signs, and NaN, as one `null`. */
function bitsOf(values: ArrayLike<number>): number[] {
  return Array.from(new Uint32Array(Float32Array.from(values).buffer));
}
