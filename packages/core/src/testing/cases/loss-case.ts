/** A loss with options, and the kind of problem it takes: what proofs run over every loss run over a list of these. */
export interface LossCase {
  /** As `parseLoss` reads it. */
  readonly loss: string;
  /** What the first argument holds; `logits` by default. */
  readonly input?: "logits" | "probabilities" | "log-probabilities";
  readonly target: "labels" | "dense";
  readonly classes: number;
  /** Spatial dims of one image; small, and no two alike. */
  readonly spatial: readonly number[];
  /** Dense targets of 0 and 1 only; soft ones by default. */
  readonly hard?: true;
  /** Dense targets whose channels add up to 1. */
  readonly simplex?: true;
  /** Extras the loss cannot do without. */
  readonly needs?: readonly ("teacher" | "distanceMaps")[];
  /**
   * Bound on the relative error of central differences, 1e-6 by default; looser only where the loss has kinks or a
   * curvature that differences cannot follow, and then the reason stands here.
   */
  readonly bound?: { readonly relative: number; readonly why: string };
}
