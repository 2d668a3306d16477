/** The error a promise must end in. */
import { isPixelgradError, type PixelgradError } from "@pixelgrad/core";

export async function failureOf(promise: Promise<unknown>): Promise<PixelgradError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isPixelgradError(error)) throw new Error(`expected a PixelgradError, got ${String(error)}`);
  return error;
}
