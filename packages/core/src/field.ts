/**
 * Fields: what losses that need whole images keep per pixel between their maps.
 *
 * The first map leaves a number per pixel and row (an error, a probability); when an image, or the batch, is complete,
 * `fill` sees each row as a whole and puts in its place what the second map needs (a rank's share, a distance).
 *
 * @module
 */

import type { Bands } from "./bands.ts";
import type { UnitRoom } from "./engine/unit-room.ts";

/** One row of one image, or of the whole batch. */
export interface FieldUnit {
  /** What the first map left; `measure` may overwrite it, `fill` does. `[images, ...spatial]`. */
  readonly values: Float64Array;
  /**
   * The target of the row's class, 0 to 1 (0 or 1 for labels), or the label where one row stands for several classes;
   * NaN where a pixel does not count. Empty where a packed field says all of it.
   */
  readonly target: Float64Array;
  /** Pixel weights; absent when all are 1. */
  readonly weights?: Float64Array;
  /** The distance map of this row's target, given by the caller or made beforehand; absent otherwise. */
  readonly distances?: Float32Array | Float64Array;
  /** Whether the field holds what the kernels left, where that is not what the float64 maps leave ({@link PackedField}). */
  readonly packed?: boolean;
  /** Row, which is the class where a term has a row per class. */
  readonly row: number;
  /** Images in the unit: 1, or the batch. */
  readonly images: number;
  readonly spatial: readonly number[];
}

export interface FieldMaps {
  /** Rows per pixel: 1, or one per class. */
  readonly rows: number;
  /** Whether a unit is a row of one image or of the whole batch. */
  readonly scope: "image" | "batch";
  /** Whether the caller's `distanceMaps` are what `distances` makes: units then carry them. */
  readonly takesDistanceMaps?: boolean;
  /**
   * What a row needs of its target alone: made once per target where a caller keeps targets, and handed to the unit as
   * `distances`. Undefined for a row that needs none.
   */
  distances?(target: Float64Array, spatial: readonly number[], row: number): Float64Array | undefined;
  /**
   * Adds to the sums of the first map, before `finish`, each number once: units are added one by one. May already leave
   * in the field what the second map needs.
   */
  measure?(unit: FieldUnit, sums: Float64Array, bands: Bands): void;
  /**
   * Overwrites the field; adds the unit's part of the value to the sums of the second map. That part may depend on the
   * coefficients only through the unit's own image (or batch), and not on the weight of the term. A term without sums of
   * the second map is not filled where only its value is wanted. Absent where `measure` leaves the field as it must be.
   */
  fill?(unit: FieldUnit, coefficients: Float64Array, sums: Float64Array, bands: Bands): void;
  /**
   * Present where `measure` and `fill` work in bands, so that several threads may share a unit: how many numbers they
   * take of the bands' memory at most, 0 for a row in which they have next to nothing to do.
   */
  workspace?(spatial: readonly number[], row: number): number;
  /** How units are filled whose first map ran on the kernels, where those leave something else in the field. */
  readonly packed?: PackedField;
}

/** Fields in the form of the kernels. */
export interface PackedField {
  /** Whether units carry their target. */
  readonly needsTarget: boolean;
  /** As {@link FieldMaps.fill}. */
  fill(unit: FieldUnit, coefficients: Float64Array, sums: Float64Array, room: UnitRoom): void;
}
