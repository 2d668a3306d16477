/**
 * The one error class of pixelgrad: a permanent code, typed facts, and a sentence for a person.
 *
 * A package adds its own codes by declaration merging:
 *
 *     declare module "@pixelgrad/core" {
 *       interface ErrorContexts { MASK_NOT_FOUND: { readonly path: string } }
 *     }
 *
 * @module
 */

/** What each code carries. Codes are permanent: never rename, never reuse. */
export interface ErrorContexts {
  SHAPE_MISMATCH: { readonly expected: readonly number[]; readonly got: readonly number[] };
  TYPE_MISMATCH: { readonly expected: string; readonly got: string };
  LABEL_OUT_OF_RANGE: {
    readonly label: number;
    readonly classes: number;
    readonly position: readonly number[];
  };
  LABEL_MASKED: { readonly label: number; readonly position: readonly number[] };
  WEIGHT_INVALID: { readonly value: number; readonly position: readonly number[] };
  TARGET_OUT_OF_RANGE: { readonly value: number; readonly position: readonly number[] };
  VALUE_NOT_FINITE: { readonly value: number; readonly position: readonly number[] };
  PROBABILITY_OUT_OF_RANGE: { readonly value: number; readonly position: readonly number[] };
  ALL_IGNORED: { readonly loss: string };
  LOSS_UNKNOWN: { readonly id: string; readonly nearest: string };
  OPTION_UNKNOWN: { readonly loss: string; readonly option: string; readonly nearest: string };
  OPTION_INVALID: {
    readonly loss: string;
    readonly option: string;
    readonly value: unknown;
    readonly allowed: string;
  };
  EXTRA_MISSING: { readonly loss: string; readonly extra: string };
  OPTION_CONFLICT: { readonly loss: string; readonly options: readonly string[] };
  OPTION_UNSUPPORTED: { readonly loss: string; readonly option: string };
  EXPRESSION_INVALID: { readonly expression: string; readonly position: number };
  /** In bytes. */
  MEMORY_EXHAUSTED: { readonly asked: number; readonly left: number };
}

export type ErrorCode = keyof ErrorContexts;

/** A {@link PixelgradError} as plain data, for structured clone and JSON. */
export interface EncodedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context: ErrorContexts[ErrorCode];
  readonly stack?: string;
}

/**
 * Every error pixelgrad throws on purpose. The message says what was expected, what came, where, and what to
 * do; `code` and `context` say the same to a program.
 */
export class PixelgradError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "PixelgradError";
  readonly code: C;
  readonly context: ErrorContexts[C];

  constructor(code: C, message: string, context: ErrorContexts[C], options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.context = context;
  }

  /** The error as plain data: structured clone would keep only the message and the stack of an Error. */
  encode(): EncodedError {
    return {
      code: this.code,
      message: this.message,
      context: this.context,
      ...(this.stack === undefined ? {} : { stack: this.stack }),
    };
  }

  /** The inverse of {@link PixelgradError.encode}; the stack is the one of the thread that threw. */
  static decode(encoded: EncodedError): PixelgradError {
    const error = new PixelgradError(encoded.code, encoded.message, encoded.context);
    if (encoded.stack !== undefined) error.stack = encoded.stack;
    return error;
  }
}

/** Narrows to a {@link PixelgradError}, by name so that two loaded copies of this package agree. */
export function isPixelgradError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is PixelgradError<C> {
  if (!(error instanceof Error) || error.name !== "PixelgradError" || !("code" in error)) return false;
  return code === undefined || error.code === code;
}
