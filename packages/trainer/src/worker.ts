/** The thread of one replica. */

import {
  attachHead,
  headWeights,
  OnnxModel,
  replaceResize,
  requireSameLogits,
  trainingGraphs,
} from "@pixelgrad/onnx";
import { type Serve, serveJobs } from "@pixelgrad/pool";
import { Replica } from "./replica.ts";
import type { ReplicaJob, ReplicaResults } from "./replica-jobs.ts";

let replica: Replica | undefined;

function opened(): Replica {
  if (replica === undefined) throw new Error("unreachable: the replica is not open");
  return replica;
}

const serve: Serve<ReplicaJob, ReplicaResults[ReplicaJob["kind"]]> = serveJobs(async (job) => {
  switch (job.kind) {
    case "resize":
      return (await replaceResize(OnnxModel.parse(job.model), job.coordinates)).toBytes();
    case "attach": {
      const model = OnnxModel.parse(job.model);
      const attached = await attachHead(model, job.options);
      return { model: attached.toBytes(), weights: headWeights(model, attached) };
    }
    case "graphs": {
      const model = OnnxModel.parse(job.model);
      const graphs = await trainingGraphs(model, { trainable: job.trainable, size: job.size });
      await requireSameLogits(model, graphs);
      return graphs;
    }
    case "open":
      replica = await Replica.open(job.setup);
      return null;
    case "prepare":
      return opened().prepare(job.sample);
    case "forward":
      return opened().forward(job.slot, job.sample, job.place);
    case "unit":
      return opened().unit(job);
    case "backward":
      return opened().backward(job.slot, job.coefficients);
    case "evaluate":
      return opened().evaluate(job.sample);
    case "close":
      await replica?.close();
      replica = undefined;
      return null;
  }
});

export default serve;
