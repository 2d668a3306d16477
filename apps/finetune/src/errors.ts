/** The codes this app adds to `PixelgradError`. */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    INPUT_SIZE_UNKNOWN: { readonly model: string };
    IMAGES_NOT_FOUND: { readonly patterns: readonly string[] };
  }
}

export {};
