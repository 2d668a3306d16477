/** The head in PyTorch, all samples at once. @module */
import { elementCount } from "@pixelgrad/core";
import type { Absent } from "../peers/peer.ts";
import { startTorch, TORCH } from "../peers/torch.ts";
import type { HeadContender } from "./head-contender.ts";
import type { HeadProblem } from "./head-problem.ts";

const NAME = "head";
const THREADS = 1;

export async function torchHead({
  size,
  features,
  parameters,
  outputGrad,
}: HeadProblem): Promise<HeadContender | Absent> {
  const started = await startTorch();
  if ("absent" in started) return started;
  const { process } = started;
  const arrays = [features, ...Object.values(parameters), outputGrad];
  await process.ask(
    { do: "load-head", name: NAME, dims: features.dims, channels: size.channels },
    arrays.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
  return {
    name: TORCH,
    run: async () => (await process.ask({ do: "run", name: NAME, threads: THREADS }))["ms"] as number,
    async outcome() {
      const reply = await process.ask({ do: "gradient", name: NAME, threads: THREADS });
      const all = new Float32Array((await process.bytes(reply["bytes"] as number)).buffer);
      let at = 0;
      const grads = Object.entries(parameters).map(([name, { dims }]) => {
        const begin = at;
        at += elementCount(dims);
        return [name, all.subarray(begin, at)];
      });
      return { value: reply["value"] as number, grads: Object.fromEntries(grads) };
    },
    close: () => process.close(),
  };
}
