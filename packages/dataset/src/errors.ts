/**
 * The codes this package adds to `PixelgradError`. Paths are as the caller gave them or under the dataset's
 * root; positions are `[row, column]`, from 0.
 *
 * @module
 */
declare module "@pixelgrad/core" {
  interface ErrorContexts {
    /** A file is missing, is a folder, or cannot be read. */
    DATA_FILE_UNREADABLE: { readonly path: string; readonly reason: string };
    /** A file cannot be written. */
    DATA_FILE_UNWRITABLE: { readonly path: string; readonly reason: string };
    /** A split's image folder or its mask folder is missing or is not a folder. */
    DATA_FOLDER_NOT_FOUND: { readonly path: string; readonly split: string };
    /** The YAML is malformed, or a key holds something else than its form allows; `line` from 1. */
    DATA_YAML_INVALID: { readonly path: string; readonly key: string; readonly line: number };
    /** A key that data.yaml does not have. */
    DATA_KEY_UNKNOWN: {
      readonly path: string;
      readonly key: string;
      readonly nearest: string;
      readonly line: number;
    };
    /** The caller needs `preprocess` and data.yaml has none. */
    PREPROCESS_MISSING: { readonly path: string };
    SPLIT_NOT_FOUND: { readonly split: string; readonly splits: readonly string[] };
    SPLIT_EMPTY: { readonly split: string; readonly path: string };
    /** Images without a mask: the first one, the mask that was looked for, and how many there are. */
    MASK_NOT_FOUND: {
      readonly image: string;
      readonly mask: string;
      readonly count: number;
      readonly images: number;
    };
    /** Two images of one folder share a stem, hence a mask. */
    IMAGE_DUPLICATE: { readonly first: string; readonly second: string };
    IMAGE_DAMAGED: { readonly path: string; readonly reason: string };
    MASK_DAMAGED: { readonly path: string; readonly reason: string };
    /** A PNG that is well-formed and cannot hold class ids. */
    MASK_FORM_UNSUPPORTED: { readonly path: string; readonly form: string };
    /** A mask value that is neither a class, nor ignored, nor 255; `count` pixels hold such values. */
    MASK_VALUE_UNKNOWN: {
      readonly path: string;
      readonly value: number;
      readonly position: readonly [row: number, column: number];
      readonly count: number;
    };
    /** No mask of a dataset without `binary` holds anything but 0 and 255; `mask` is the first with 255. */
    MASKS_BLACK_AND_WHITE: { readonly path: string; readonly mask: string };
    /** Sizes are `[height, width]`, in pixels. */
    MASK_SIZE_MISMATCH: {
      readonly image: string;
      readonly mask: string;
      readonly imageSize: readonly [height: number, width: number];
      readonly maskSize: readonly [height: number, width: number];
    };
    ARRAY_DAMAGED: { readonly path: string; readonly reason: string };
    /** A `.npy` dtype that no typed array holds. */
    ARRAY_TYPE_UNSUPPORTED: { readonly path: string; readonly dtype: string };
    /** A list that is not 1 to 256 colours. */
    PALETTE_INVALID: { readonly reason: string };
    /** Not in 0..1. */
    OPACITY_OUT_OF_RANGE: { readonly opacity: number };
  }
}

/** The codes of this package. */
export type DatasetErrorCode =
  | "DATA_FILE_UNREADABLE"
  | "DATA_FILE_UNWRITABLE"
  | "DATA_FOLDER_NOT_FOUND"
  | "DATA_YAML_INVALID"
  | "DATA_KEY_UNKNOWN"
  | "PREPROCESS_MISSING"
  | "SPLIT_NOT_FOUND"
  | "SPLIT_EMPTY"
  | "MASK_NOT_FOUND"
  | "IMAGE_DUPLICATE"
  | "IMAGE_DAMAGED"
  | "MASK_DAMAGED"
  | "MASK_FORM_UNSUPPORTED"
  | "MASK_VALUE_UNKNOWN"
  | "MASKS_BLACK_AND_WHITE"
  | "MASK_SIZE_MISMATCH"
  | "ARRAY_DAMAGED"
  | "ARRAY_TYPE_UNSUPPORTED"
  | "PALETTE_INVALID"
  | "OPACITY_OUT_OF_RANGE";
