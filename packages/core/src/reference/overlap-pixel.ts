/**
 * What one pixel of probability p and target g adds to the sums I, P and G of a class, float64.
 *
 *   product:        i = p g                        di/dp = g
 *   semimetric:     i = (p + g - |p - g|) / 2      di/dp = (1 - sign(p - g)) / 2;  i is the smaller of p and g
 *   both:           P of p^k, G of g^k             d(p^k)/dp = k p^(k - 1)
 *   squared error:  i = (p - g)^2 g, P of (p - g)^2
 *
 * With soft targets the Dice of a product is not best at p = g; that of the semimetric is.
 */
export interface OverlapPixel {
  i(p: number, g: number): number;
  iSlope(p: number, g: number): number;
  p(p: number, g: number): number;
  pSlope(p: number, g: number): number;
  g(g: number): number;
}

export function productPixel(power: number): OverlapPixel {
  return { i: (p, g) => p * g, iSlope: (_, g) => g, ...powers(power) };
}

export function semimetricPixel(power: number): OverlapPixel {
  return {
    i: Math.min,
    // Any number from 0 to 1 is a slope of the tie; g is that of the product, which a target of 0 or 1 shall not leave.
    iSlope: (p, g) => (p === g ? g : p < g ? 1 : 0),
    ...powers(power),
  };
}

export const squaredErrorPixel: OverlapPixel = {
  i: (p, g) => (p - g) ** 2 * g,
  iSlope: (p, g) => 2 * (p - g) * g,
  p: (p, g) => (p - g) ** 2,
  pSlope: (p, g) => 2 * (p - g),
  g: (g) => g,
};

function powers(k: number): Pick<OverlapPixel, "p" | "pSlope" | "g"> {
  if (k === 1) return { p: (p) => p, pSlope: () => 1, g: (g) => g };
  if (k === 2) return { p: (p) => p * p, pSlope: (p) => 2 * p, g: (g) => g * g };
  return { p: (p) => p ** k, pSlope: (p) => k * p ** (k - 1), g: (g) => g ** k };
}
