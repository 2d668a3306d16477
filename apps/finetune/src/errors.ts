/** The codes this app adds to `PixelgradError`. */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    INPUT_SIZE_UNKNOWN: { readonly model: string };
    IMAGE_NAMES_COLLIDE: { readonly images: readonly string[] };
    IMAGES_NOT_FOUND: { readonly patterns: readonly string[] };
  }
}

export {};
