/** The codes this package adds to `PixelgradError`. */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    TRAINING_OPTION_INVALID: { readonly option: string; readonly value: unknown };
    CLASS_COUNT_MISMATCH: { readonly channels: number; readonly classes: number };
    TRAINING_DIVERGED: { readonly epoch: number; readonly step: number };
  }
}

export {};
