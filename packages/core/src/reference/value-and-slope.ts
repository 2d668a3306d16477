/** A function of one number at one place. */
export interface ValueAndSlope {
  readonly value: number;
  readonly slope: number;
}
