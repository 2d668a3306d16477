/**
 * What divergences share: a student, the input, compared pixel by pixel with a teacher, which is another input
 * (`extra.teacher`) or a dense target.
 *
 * @module
 */
import { type OptionFields, optionConflict } from "../options.ts";
import { chainLogSoftmax } from "../reference/activations.ts";
import type { Divergence } from "../reference/divergence.ts";
import type { Term } from "../term.ts";
import { epsilonField } from "./clamp-options.ts";
import { type DivergenceForm, divergenceKernel } from "./divergence-kernel.ts";
import { inputField } from "./input-options.ts";
import { type PixelOptions, pixelFields, type Spread, spreadField } from "./reduction.ts";
import { softmaxPixelTerm } from "./softmax-pixel.ts";
import { StudentAndTeacher, withoutTeacher } from "./student-and-teacher.ts";

export interface DivergenceOptions extends PixelOptions {
  /** What the first argument and `extra.teacher` hold: `logits` by default. */
  readonly input?: Term["input"];
  /**
   * Divides the logits of student and teacher, at least 0.001; 1 by default. A dense target is the teacher's distribution as
   * it is, softened already.
   */
  readonly temperature?: number;
  /**
   * `squared` (default) multiplies the loss by the temperature squared, as Hinton et al. do, so that its gradient keeps its
   * size whatever the temperature; `none` leaves it.
   */
  readonly temperatureScaling?: "squared" | "none";
  /**
   * Of probabilities, those of a dense target too: `probability` keeps them in [epsilon, 1], as Keras; where that moves the
   * student, its gradient is 0. `none` (default): what one gives to a probability of 0 of the other costs infinity.
   */
  readonly clamp?: "none" | "probability";
  /** 0 to 0.5; 1e-7 by default. */
  readonly epsilon?: number;
  /** What a mean counts: each pixel once (`pixels`, default), or each of its channels, as PyTorch's mean (`elements`). */
  readonly spread?: Spread;
}

export const divergenceFields: OptionFields = {
  ...inputField("so does extra.teacher", ["logits", "probabilities", "log-probabilities"]),
  temperature: {
    kind: "number",
    min: 1e-3,
    default: 1,
    doc: "Divides the logits of student and teacher.",
  },
  temperatureScaling: {
    kind: "choice",
    values: ["squared", "none"],
    default: "squared",
    doc: "Whether the loss is multiplied by the temperature squared.",
  },
  clamp: {
    kind: "choice",
    values: ["none", "probability"],
    default: "none",
    doc: "Of probabilities: taken as they are, or kept in [epsilon, 1].",
  },
  ...epsilonField,
  ...spreadField("pixels"),
  ...pixelFields("valid"),
};

export interface DivergenceLoss {
  readonly id: string;
  readonly options: DivergenceOptions;
  readonly classes: number;
  readonly divergence: Divergence;
  /**
   * How often the mass of a dense target over that of the student, sum t - sum p, is added to the sum over classes; 0 by
   * default. The probabilities of logits add up to 1.
   */
  readonly massOfTarget?: number;
  /** The same divergence on the kernels, and whether its classes count masses. */
  readonly kernel: Pick<DivergenceForm, "name" | "counted" | "massOfTeacher">;
}

export function divergenceTerm(loss: DivergenceLoss): Term {
  const { id, options, classes, divergence, massOfTarget = 0, kernel } = loss;
  const { input = "logits", temperature = 1, temperatureScaling = "squared", spread = "pixels" } = options;
  if (input !== "logits" && temperature !== 1) {
    throw optionConflict(
      id,
      ["temperature", "input"],
      "a temperature divides logits; soften the others beforehand",
    );
  }
  const factor = temperatureScaling === "squared" ? temperature ** 2 : 1;
  const pair = new StudentAndTeacher(id, options, classes);
  return softmaxPixelTerm({
    id,
    options,
    slope: "input",
    targets: "either",
    divisor: "valid",
    spread,
    kernel: divergenceKernel({
      ...kernel,
      // Of logits the slopes do without what a softmax takes out again; of the others the kernel adds up both masses.
      massOfTarget: input === "logits" ? massOfTarget : kernel.massOfTeacher,
      input,
      temperature,
      factor,
      least: options.clamp === "probability" ? Math.fround(options.epsilon ?? 1e-7) : 0,
      withoutTeacher: () => withoutTeacher(id),
    }),
    lossOf(pixel, scale) {
      pair.read(pixel);
      const { p, logp, t, logt } = pair;
      const { open, grad } = pixel;
      let value = 0;
      for (let k = 0; k < classes; k++) {
        if (open[k] === 0) continue;
        const of = divergence(p[k], logp[k], t[k], logt[k]);
        value += of.value;
        pair.slope[k] = input === "probabilities" ? of.byProbability * pair.moves(pixel.x[k]) : of.byLog;
      }
      if (input === "logits")
        chainLogSoftmax(p, open, (k) => pair.slope[k], (scale * factor) / temperature, grad);
      else for (let k = 0; k < classes; k++) grad[k] += open[k] === 0 ? 0 : scale * factor * pair.slope[k];
      if (massOfTarget !== 0 && pixel.teacher.length === 0) value += massOfTarget * (massOf(t, open) - 1);
      return factor * value;
    },
  });
}

function massOf(t: Float64Array, open: Uint8Array): number {
  let mass = 0;
  for (let k = 0; k < t.length; k++) if (open[k] !== 0) mass += t[k];
  return mass;
}
