/** The codes this package adds to `PixelgradError`. */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    CANCELLED: { readonly done: number };
    POOL_CLOSED: { readonly threads: number };
    THREADS_INVALID: { readonly threads: number };
  }
}

export {};
