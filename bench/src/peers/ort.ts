/** onnxruntime's SoftmaxCrossEntropyLoss, forward only: it has no gradient outside its training builds. @module */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  buildModel,
  elementType,
  node,
  OnnxModel,
  openSession,
  type Session,
  valueInfo,
} from "@pixelgrad/onnx";
import type { Problem } from "../problem.ts";
import type { Contender, Peer, Stage } from "./peer.ts";

export const ORT = "onnxruntime, forward";

export function ortPeer(): Peer {
  return {
    versions: { onnxruntime: runtimeVersion() },
    stage: (_, problems) => stage(problems),
    close: async () => {},
  };
}

/** Of the runtime that @pixelgrad/onnx depends on. */
function runtimeVersion(): string {
  const onnx = createRequire(fileURLToPath(import.meta.resolve("@pixelgrad/onnx")));
  const manifest = onnx.resolve("onnxruntime-node/package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

async function stage(problems: readonly Problem[]): Promise<Stage> {
  const session = await openSession(lossModel(problems[0]!.dims));
  return {
    contenders: problems.map((problem) => contender(session, problem)),
    close: () => session.release(),
  };
}

/** A graph of one node. */
function lossModel(dims: readonly number[]): Uint8Array {
  const [images, , ...spatial] = dims as [number, number, ...number[]];
  const model = buildModel({
    nodes: [node("SoftmaxCrossEntropyLoss", ["scores", "labels"], ["loss"], { reduction: "mean" })],
    inputs: [valueInfo("scores", dims), valueInfo("labels", [images, ...spatial], elementType.int64)],
    outputs: [valueInfo("loss", [])],
  });
  return OnnxModel.of(model).toBytes();
}

function contender(session: Session, { temper, dims, logits, labels }: Problem): Contender {
  const [images, , ...spatial] = dims as [number, number, ...number[]];
  const feeds = {
    scores: { data: logits, dims },
    labels: { data: BigInt64Array.from(labels, BigInt), dims: [images, ...spatial] },
  };
  return {
    name: ORT,
    threads: 1,
    temper,
    agreement: "value",
    async run() {
      const begin = performance.now();
      await session.run(feeds);
      return performance.now() - begin;
    },
    async outcome() {
      const { loss } = await session.run(feeds);
      return { value: Number(loss!.data[0]) };
    },
  };
}
