/**
 * 2-D convolution, for one sample: Y = X * W + b.
 *
 *   db = sum of dY over samples and pixels
 *   dX = dY convolved back:  ConvTranspose(dY, W), or Conv(dY, flipped W) at stride 1
 *   dW = X correlated with dY: one matrix product per tap of the kernel, or Conv(X', dY') with strides and dilations
 *        swapped and samples and channels swapped
 *
 * @module
 */
import { type ConvGeometry, convGeometry } from "./conv-geometry.ts";
import type { Rule, RuleContext } from "./rule.ts";

export const conv: Rule = (context) => {
  const { node, outputGrad, needs, shape, emit, ints } = context;
  const [x, w, b] = node.input as [string, string, string | undefined];
  const geometry = convGeometry(node, shape(x), shape(w));
  return [
    needs(0) ? inputGrad(context, geometry) : undefined,
    needs(1) ? weightGrad(context, geometry) : undefined,
    b && needs(2) ? emit("ReduceSum", [outputGrad, ints([0, 2, 3])], { keepdims: 0 }) : undefined,
  ];
};

function inputGrad(context: RuleContext, { kernel, strides, dilations, pads, group }: ConvGeometry): string {
  const { node, outputGrad, shape, saved, emit, ints } = context;
  const [x, w] = node.input as [string, string];
  const reach = [0, 1].map((i) => (dilations[i] as number) * ((kernel[i] as number) - 1));
  const [top, left, bottom, right] = pads;
  const [reachY, reachX] = reach as [number, number];
  const flippable = group === 1 && strides.join() === "1,1" && Math.max(top, bottom) <= reachY;
  if (flippable && Math.max(left, right) <= reachX) {
    const flipped = emit("Slice", [
      saved(w),
      ints([-1, -1]),
      ints([-(2 ** 31), -(2 ** 31)]),
      ints([2, 3]),
      ints([-1, -1]),
    ]);
    const turned = emit("Transpose", [flipped], { perm: [1, 0, 2, 3] });
    return emit("Conv", [outputGrad, turned], {
      dilations,
      pads: [reachY - top, reachX - left, reachY - bottom, reachX - right],
    });
  }
  const [, , height, width] = shape(x) as [number, number, number, number];
  const lost = [
    (height + top + bottom - reachY - 1) % strides[0],
    (width + left + right - reachX - 1) % strides[1],
  ];
  return emit("ConvTranspose", [outputGrad, saved(w)], {
    strides,
    dilations,
    pads,
    group,
    output_padding: lost,
  });
}

function weightGrad(context: RuleContext, geometry: ConvGeometry): string {
  const simple = geometry.group === 1 && geometry.strides.join() === "1,1";
  return simple ? tapProducts(context, geometry) : swappedConv(context, geometry);
}

/** dW of tap (i, j) = dY · Xᵀ, with X shifted by the tap. */
function tapProducts(context: RuleContext, { kernel, dilations, pads }: ConvGeometry): string {
  const { node, outputGrad, shape, saved, emit, ints } = context;
  const [x, w] = node.input as [string, string];
  const [, channels] = shape(x) as [number, number];
  const [outputs] = shape(w) as [number];
  const [, , height, width] = shape(node.output[0] as string) as [number, number, number, number];
  const pixels = height * width;
  const dy = emit("Reshape", [outputGrad, ints([outputs, pixels])]);
  const padded = pads.some((p) => p > 0)
    ? emit("Pad", [saved(x), ints([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]])])
    : saved(x);
  const taps: string[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const [top, left] = [i * dilations[0], j * dilations[1]];
      const whole = kernel.join() === "1,1";
      const shifted = whole
        ? padded
        : emit("Slice", [padded, ints([top, left]), ints([top + height, left + width]), ints([2, 3])]);
      const columns = emit("Reshape", [shifted, ints([channels, pixels])]);
      taps.push(emit("Gemm", [dy, columns], { transB: 1 }));
    }
  }
  if (taps.length === 1) return emit("Reshape", [taps[0] as string, ints(shape(w))]);
  const stacked = taps.map((tap) => emit("Reshape", [tap, ints([outputs, channels, 1])]));
  return emit("Reshape", [emit("Concat", stacked, { axis: 2 }), ints(shape(w))]);
}

/** Any stride, dilation and group: groups take the place of channels, channels that of samples. */
function swappedConv(
  context: RuleContext,
  { kernel, strides, dilations, pads, group }: ConvGeometry,
): string {
  const { node, outputGrad, shape, saved, emit, ints } = context;
  const [x] = node.input as [string];
  const [, channels, height, width] = shape(x) as [number, number, number, number];
  const perGroup = channels / group;
  const grouped = emit("Reshape", [saved(x), ints([group, perGroup, height, width])]);
  const images = emit("Transpose", [grouped], { perm: [1, 0, 2, 3] });
  const kernels = emit("Transpose", [outputGrad], { perm: [1, 0, 2, 3] });
  // [C / group, M, at least kh, at least kw]
  const correlated = emit("Conv", [images, kernels], {
    strides: dilations,
    dilations: strides,
    pads,
    group,
  });
  const cut = emit("Slice", [correlated, ints([0, 0]), ints([...kernel]), ints([2, 3])]);
  return emit("Transpose", [cut], { perm: [1, 0, 2, 3] });
}
