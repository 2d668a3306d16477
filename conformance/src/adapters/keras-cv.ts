/** KerasCV: the penalty-reduced focal loss of CenterNet, `[y_true, y_pred]`. @module */
import { column, floats } from "../arrays.ts";
import { type Adapter, defined, float32Tolerance } from "../plan.ts";

export const kerasCv: Adapter = {
  file: "keras_cv.json",
  tolerance: float32Tolerance,
  plan({ args = [], kwargs = {}, options = {} }) {
    const weight = kwargs["sample_weight"];
    return {
      id: "penalty-reduced-focal",
      options: defined({
        preset: "keras",
        input: "probabilities",
        beta: options["beta"],
        reduction: options["reduction"],
      }),
      logits: column(floats(args[1])),
      target: column(floats(args[0])),
      extra: weight === undefined ? {} : { pixelWeights: floats(weight) },
    };
  },
};
