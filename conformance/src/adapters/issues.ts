/** Numbers quoted in public issue reports: what a library should have computed. @module */
import { lossFrom } from "@pixelgrad/core";
import { column, floats, labels, numbersOf, target, withoutChannel } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance, type Measurement, type Plan } from "../plan.ts";
import type { VectorCase } from "../vectors.ts";
import { torchLoss } from "./torch.ts";

export const issues: Adapter = {
  file: "issues.json",
  tolerance: float32Tolerance,
  plan(vector: VectorCase): Plan {
    if (vector.loss === "dice") return maskedDice(vector);
    if (vector.loss === "binary_focal_loss_with_logits") return focal(vector);
    return vector.kind === "relation" ? equalWithoutClass(vector) : torchLoss(vector);
  },
};

/** The mask belongs after the activation: masked pixels leave the sums. */
function maskedDice({ kwargs = {}, options = {} }: VectorCase): Plan {
  const { mask } = kwargs;
  return {
    id: "dice",
    options: defined({
      preset: "monai",
      input: "probabilities",
      reduction: options["reduction"],
      smoothNumerator: options["smooth_nr"],
      smoothDenominator: options["smooth_dr"],
    }),
    logits: floats(kwargs["prob"]),
    target: withoutChannel(labels(kwargs["target"])),
    extra: mask === undefined ? {} : { pixelWeights: withoutChannel(floats(mask)) },
  };
}

function focal({ kwargs = {}, options = {} }: VectorCase): Plan {
  return {
    id: "focal",
    options: defined({
      alpha: options["alpha"],
      alphaMode: options["alpha"] === undefined ? undefined : "balanced",
      gamma: options["gamma"],
      reduction: options["reduction"],
    }),
    logits: column(floats(kwargs["input"])),
    target: column(target(kwargs["target"])),
  };
}

/** A class that is masked out leaves the softmax: its logit makes no difference. */
function equalWithoutClass({ inputs = [], kwargs = {}, options = {} }: VectorCase): Measurement {
  const loss = lossFrom({ id: "cross-entropy", options: {} });
  const map = labels(kwargs["target"]);
  const classMask = { data: Uint8Array.from(numbersOf(options["class_mask"])), dims: [3] };
  const [first, ...others] = inputs.map((input) => () => loss.value(floats(input), map, { classMask }));
  return {
    measure: () => ({ value: others.map((other) => other() - first!()) }),
    expected: others.map(() => 0),
  };
}
