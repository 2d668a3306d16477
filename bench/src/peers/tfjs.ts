/** TensorFlow.js on its WebAssembly backend, one thread: the loss and its gradient by `tf.valueAndGrad`. @module */

import { elementCount } from "@pixelgrad/core";
import type { Tensor as TfTensor } from "@tensorflow/tfjs";
import type { Problem } from "../problem.ts";
import type { Row } from "../rows.ts";
import type { Absent, Contender, Peer, Stage } from "./peer.ts";

export const TFJS = "tfjs";

type Tf = typeof import("@tensorflow/tfjs");

export async function tfjsPeer(): Promise<Peer | Absent> {
  const tf = await loadTf();
  if (tf === undefined) {
    return {
      absent: "@tensorflow/tfjs or its wasm backend cannot be loaded: pnpm install in the workspace.",
    };
  }
  return {
    versions: { "tfjs (wasm)": tf.version_core },
    stage: async (row, problems) => stage(tf, row, problems),
    close: async () => {},
  };
}

async function loadTf(): Promise<Tf | undefined> {
  try {
    const tf = await import("@tensorflow/tfjs");
    await import("@tensorflow/tfjs-backend-wasm");
    return (await tf.setBackend("wasm")) ? tf : undefined;
  } catch {
    return undefined;
  }
}

function stage(tf: Tf, row: Row, problems: readonly Problem[]): Stage {
  const kept: TfTensor[] = [];
  const contenders = problems.map((problem) => {
    const { x, target, step } =
      row.loss === "cross-entropy" ? softmaxStep(tf, problem) : sigmoidStep(tf, problem);
    kept.push(x, target);
    return contender(problem, x, step);
  });
  return {
    contenders,
    async close() {
      tf.dispose(kept);
    },
  };
}

interface Step {
  readonly x: TfTensor;
  readonly target: TfTensor;
  readonly step: (x: TfTensor) => { value: TfTensor; grad: TfTensor };
}

function sigmoidStep(tf: Tf, { logits, labels }: Problem): Step {
  const target = tf.tensor1d(Float32Array.from(labels));
  return {
    x: tf.tensor1d(logits),
    target,
    step: tf.valueAndGrad((x: TfTensor) => tf.losses.sigmoidCrossEntropy(target, x)),
  };
}

/** Channels last and one-hot, as its users have them before they train. */
function softmaxStep(tf: Tf, problem: Problem): Step {
  const [, classes] = problem.dims as [number, number];
  const target = tf.tidy(() => tf.oneHot(tf.tensor1d(Int32Array.from(problem.labels), "int32"), classes));
  return {
    x: tf.tensor2d(channelsMoved(problem.logits, problem.dims, "last"), [problem.labels.length, classes]),
    target,
    step: tf.valueAndGrad((x: TfTensor) => tf.losses.softmaxCrossEntropy(target, x)),
  };
}

function contender({ temper, dims }: Problem, x: TfTensor, step: Step["step"]): Contender {
  return {
    name: TFJS,
    threads: 1,
    temper,
    agreement: "running float32",
    async run() {
      const begin = performance.now();
      const { value, grad } = step(x);
      value.dataSync();
      const ms = performance.now() - begin;
      value.dispose();
      grad.dispose();
      return ms;
    },
    async outcome() {
      const { value, grad } = step(x);
      const outcome = {
        value: value.dataSync<"float32">()[0]!,
        grad: channelsMoved(grad.dataSync<"float32">(), dims, "first"),
      };
      value.dispose();
      grad.dispose();
      return outcome;
    },
  };
}

/** Between `[N, C, ...spatial]` and `[N, ...spatial, C]`. */
function channelsMoved(
  from: Float32Array,
  [images, classes, ...spatial]: readonly number[],
  to: "first" | "last",
): Float32Array {
  const pixels = elementCount(spatial);
  const moved = new Float32Array(from.length);
  for (let image = 0; image < images!; image++) {
    for (let c = 0; c < classes!; c++) {
      for (let i = 0; i < pixels; i++) {
        const first = (image * classes! + c) * pixels + i;
        const last = (image * pixels + i) * classes! + c;
        if (to === "last") moved[last] = from[first]!;
        else moved[first] = from[last]!;
      }
    }
  }
  return moved;
}
