/** Every adapter. @module */
import { burn } from "./adapters/burn.ts";
import { dfdx } from "./adapters/dfdx.ts";
import { boundaryLoss, scipy } from "./adapters/distances.ts";
import { flux } from "./adapters/flux.ts";
import { issues } from "./adapters/issues.ts";
import { keras } from "./adapters/keras.ts";
import { kerasCv } from "./adapters/keras-cv.ts";
import { kornia } from "./adapters/kornia.ts";
import { mlx } from "./adapters/mlx.ts";
import { mmseg } from "./adapters/mmseg.ts";
import { monai } from "./adapters/monai.ts";
import { onnxActivations, onnxNll, onnxSoftmaxCrossEntropy } from "./adapters/onnx.ts";
import { optax } from "./adapters/optax.ts";
import { segmentationModels } from "./adapters/segmentation-models.ts";
import { smp, toolbelt } from "./adapters/smp.ts";
import { tfjs } from "./adapters/tfjs.ts";
import { candle, onnxruntime, pytorch, tensorflow } from "./adapters/torch.ts";
import type { Adapter } from "./plan.ts";

export const adapters: readonly Adapter[] = [
  boundaryLoss,
  burn,
  candle,
  dfdx,
  flux,
  issues,
  keras,
  kerasCv,
  kornia,
  mlx,
  mmseg,
  monai,
  onnxActivations,
  onnxNll,
  onnxSoftmaxCrossEntropy,
  onnxruntime,
  optax,
  pytorch,
  scipy,
  segmentationModels,
  smp,
  tensorflow,
  tfjs,
  toolbelt,
];
