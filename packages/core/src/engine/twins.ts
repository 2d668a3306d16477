/**
 * Which of its twins a term runs on in a call.
 *
 * @module
 */
import type { LossPlan } from "../plan.ts";
import type { Term } from "../term.ts";
import type { PieceView } from "./piece-view.ts";

/** Which terms of a plan run on the kernels in this call, and which pixel by pixel. */
export function twinsFor(
  plan: LossPlan,
  view: PieceView,
): { readonly simd: number[]; readonly pixel: number[] } {
  const simd: number[] = [];
  const pixel: number[] = [];
  plan.terms.forEach(({ term }, i) => {
    (hasKernel(term, view) ? simd : pixel).push(i);
  });
  return { simd, pixel };
}

/** What of a call decides whether the kernels run. */
export interface KernelCall extends Pick<PieceView, "targetKind" | "classMask"> {
  readonly rows: { readonly pixelWeights?: object; readonly upstream?: object };
}

/** The kernels know finite float32 logits, and of targets and extras what the term says. */
export function hasKernel({ simd, ...term }: Term, { targetKind, rows, classMask }: KernelCall): boolean {
  return (
    simd !== undefined &&
    term.nonFinite === "throw" &&
    term.range === "unit" &&
    // The kernels compare int32 labels: ignoreIndex 4294967295 must not be read as any of them.
    term.ignored.every((value) => value === (value | 0)) &&
    (simd.targets ?? [term.activation === "softmax" ? "labels" : "dense"]).includes(targetKind) &&
    (simd.weighs || (rows.pixelWeights === undefined && rows.upstream === undefined)) === true &&
    (classMask === undefined || (simd.masks === true && classMask.includes(1)))
  );
}
