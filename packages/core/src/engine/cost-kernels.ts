/** The kernels of the pixel parts of compound losses; see assembly/. */
export interface CostKernels {
  readonly powerCostOfLabels: CostOfLabels;
  readonly focalCostOfLabels: CostOfLabels;
  readonly powerCostOfTargets: CostOfTargets;
  readonly focalCostOfTargets: CostOfTargets;
  sidedOfLabels(
    x: number,
    xStride: number,
    e: number,
    eStride: number,
    labels: number,
    r: number,
    b: number,
    channels: number,
    n: number,
    scale: number,
    elements: number,
    grad: number,
    gradStride: number,
    adds: number,
    sums: number,
  ): void;
}

export type CostOfLabels = (
  x: number,
  xStride: number,
  e: number,
  eStride: number,
  labels: number,
  r: number,
  weights: number,
  gamma0: number,
  gamma1: number,
  channels: number,
  n: number,
  scale: number,
  elements: number,
  slopes: number,
  far: number,
  sums: number,
) => void;

export type CostOfTargets = (
  x: number,
  targets: number,
  n: number,
  weight0: number,
  weight1: number,
  gamma0: number,
  gamma1: number,
  scale: number,
  elements: number,
  grad: number,
  adds: number,
  sums: number,
) => void;
