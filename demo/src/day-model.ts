/**
 * The demo's network before training: five 3x3 convolutions, the last four at a quarter of the size; a classifier that
 * sees all four of them, so that it finds something to hold on to when the light changes; a resize.
 */
import { buildModel, floatTensor, intTensor, node, OnnxModel, valueInfo } from "@pixelgrad/onnx";
import { sceneClasses, sceneHeight, sceneWidth } from "./scenes.ts";

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  readonly dilation: number;
}

const layers: readonly Layer[] = [
  { inputs: 3, outputs: 24, stride: 2, dilation: 1 },
  { inputs: 24, outputs: 64, stride: 2, dilation: 1 },
  { inputs: 64, outputs: 64, stride: 1, dilation: 1 },
  { inputs: 64, outputs: 64, stride: 1, dilation: 2 },
  { inputs: 64, outputs: 64, stride: 1, dilation: 4 },
];

/** Names of all weights and biases. */
export function weightNames(model: OnnxModel): string[] {
  return model.graph.initializer.map(({ name }) => name).filter((name) => /\.(weight|bias)$/.test(name));
}

/** The network with weights from `gaussian`, which gives numbers of mean 0 and variance 1: He's initialisation. */
export function untrainedModel(gaussian: () => number): OnnxModel {
  const tensors = [];
  const nodes = [];
  let value = "image";
  for (const [i, { inputs, outputs, stride, dilation }] of layers.entries()) {
    const deviation = Math.sqrt(2 / (9 * inputs));
    const weights = Float32Array.from({ length: outputs * inputs * 9 }, () => deviation * gaussian());
    tensors.push(floatTensor(`layer${i}.weight`, [outputs, inputs, 3, 3], weights));
    tensors.push(floatTensor(`layer${i}.bias`, [outputs], new Float32Array(outputs)));
    const pads = [dilation, dilation, dilation, dilation];
    const attributes = {
      kernel_shape: [3, 3],
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads,
    };
    nodes.push(node("Conv", [value, `layer${i}.weight`, `layer${i}.bias`], [`conv${i}`], attributes));
    nodes.push(node("Relu", [`conv${i}`], [`relu${i}`]));
    value = `relu${i}`;
  }
  const quarter = layers.flatMap(({ outputs }, i) => (i === 0 ? [] : [{ name: `relu${i}`, outputs }]));
  const features = quarter.reduce((total, { outputs }) => total + outputs, 0);
  nodes.push(
    node(
      "Concat",
      quarter.map(({ name }) => name),
      ["features"],
      { axis: 1 },
    ),
  );
  const classes = sceneClasses.length;
  const weights = Float32Array.from({ length: classes * features }, () => 0.01 * gaussian());
  tensors.push(floatTensor("classifier.weight", [classes, features, 1, 1], weights));
  tensors.push(floatTensor("classifier.bias", [classes], new Float32Array(classes)));
  tensors.push(floatTensor("roi", [0], []), floatTensor("scales", [0], []));
  tensors.push(intTensor("size", [1, classes, sceneHeight, sceneWidth]));
  nodes.push(
    node("Conv", ["features", "classifier.weight", "classifier.bias"], ["scores"], { kernel_shape: [1, 1] }),
  );
  const resize = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  nodes.push(node("Resize", ["scores", "roi", "scales", "size"], ["logits"], resize));
  return OnnxModel.of(
    buildModel({
      nodes,
      inputs: [valueInfo("image", [1, 3, sceneHeight, sceneWidth])],
      outputs: [valueInfo("logits", [1, classes, sceneHeight, sceneWidth])],
      initializers: tensors,
      opset: 13,
      irVersion: 7n,
    }),
    "the untrained day model",
  );
}
