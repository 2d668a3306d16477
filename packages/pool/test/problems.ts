/** Seeded batches for the tests of LossPool. */
import { type Loss, type Tensor, type TypedArray, tensor } from "@pixelgrad/core";
import { seededRandom, uniformArray } from "@pixelgrad/core/testing";
import type { ArrayType, LossPool } from "@pixelgrad/pool";

export interface Batch {
  readonly logits: Tensor<Float32Array>;
  readonly target: Tensor;
}

/** Logits and the target that `loss` takes with so many channels: labels for a softmax, else zeros and ones. */
export function batchFor(loss: Loss, dims: readonly [number, number, ...number[]], seed = 1): Batch {
  const [images, classes, ...spatial] = dims;
  const random = seededRandom(seed);
  const count = dims.reduce((a, b) => a * b, 1);
  const logits = tensor(uniformArray(random, count, 4), dims);
  const takesLabels = loss.plan(classes).terms.every(({ term }) => term.activation === "softmax");
  const values = takesLabels ? classes : 2;
  const data = Uint8Array.from({ length: takesLabels ? count / classes : count }, () =>
    Math.floor(random() * values),
  );
  return { logits, target: tensor(data, takesLabels ? [images, ...spatial] : dims) };
}

/** Where the arrays of a call may live. */
export const places: Readonly<Record<string, (pool: LossPool, array: Tensor, type: ArrayType) => Tensor>> = {
  "ordinary arrays": (_pool, array) => array,
  "shared arrays": (_pool, { data, dims }) => {
    const copy = new Uint8Array(new SharedArrayBuffer(data.byteLength));
    copy.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const Type = data.constructor as new (buffer: ArrayBufferLike) => TypedArray;
    return { data: new Type(copy.buffer), dims };
  },
  "pool tensors": (pool, { data, dims }, type) => {
    const resident = pool.tensor(dims, type);
    (resident.data as Float32Array).set(data as Float32Array);
    return resident;
  },
};

/** The bytes of an array, to compare bits: -0 is not 0, and every NaN is itself. */
export function bits({ data }: Tensor): Buffer {
  return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}
