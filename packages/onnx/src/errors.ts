/** The codes this package adds to `PixelgradError`. */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    MODEL_NOT_FOUND: { readonly path: string };
    MODEL_NOT_SAVED: { readonly path: string; readonly reason: string };
    MODEL_DAMAGED: { readonly model: string; readonly reason: string };
    MODEL_TOO_LARGE: { readonly model: string; readonly bytes: number; readonly limit: number };
    EXTERNAL_DATA_REFUSED: {
      readonly model: string;
      readonly tensor: string;
      readonly location: string;
      readonly reason: string;
    };
    MODEL_UNSUPPORTED: { readonly model: string; readonly reason: string };
    NO_SEGMENTATION_OUTPUT: { readonly outputs: readonly string[] };
    CLASSIFIER_UNSUPPORTED: { readonly op: string; readonly node: string };
    HEAD_UNKNOWN: { readonly name: string; readonly known: readonly string[] };
    FEATURES_INVALID: {
      readonly head: string;
      readonly expected: readonly string[];
      readonly got: readonly string[];
    };
    RESIZE_UNSUPPORTED: { readonly reason: string };
    CHANNELS_INVALID: { readonly channels: number };
    TENSOR_NOT_FOUND: { readonly name: string };
    TENSOR_UNSUPPORTED: { readonly name: string; readonly reason: string };
    NOTHING_TRAINABLE: { readonly trainable: string };
    CUT_DIFFERS: { readonly difference: number; readonly largest: number };
    WEIGHT_OUT_OF_RANGE: { readonly name: string; readonly type: string; readonly value: number };
    GRADIENT_UNSUPPORTED: { readonly op: string; readonly node: string };
    FEEDS_MISMATCH: { readonly expected: readonly string[]; readonly got: readonly string[] };
    METADATA_DAMAGED: { readonly key: string };
  }
}

export {};
