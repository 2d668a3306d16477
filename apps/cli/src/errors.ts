/** The codes this command adds to `PixelgradError`. */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    /** A pattern that no file matches. */
    FILES_NOT_FOUND: { readonly pattern: string };
    /** A file that is no array and no mask, by its extension. */
    FILE_TYPE_UNSUPPORTED: { readonly path: string };
    /** Two files of one pattern with the same name but for the extension. */
    FILE_DUPLICATE: { readonly first: string; readonly second: string };
    /** Files without a partner of the same name: the first one, and how many there are. */
    FILE_PARTNER_MISSING: { readonly path: string; readonly count: number };
    /** Logits whose number of channels is not that of the files before. */
    CLASS_COUNT_MISMATCH: { readonly path: string; readonly expected: number; readonly got: number };
    /** A gradient that differences of the value do not confirm. */
    GRADIENT_WRONG: { readonly loss: string; readonly relativeError: number; readonly bound: number };
  }
}

export {};
