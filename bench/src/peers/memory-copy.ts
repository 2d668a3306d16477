/** The floor: a copy of the logits' bytes from one half of a WebAssembly memory to the other. @module */
import type { Problem } from "../problem.ts";
import type { Stage } from "./peer.ts";

export const MEMCPY = "memcpy";

const PAGE = 65_536;

export function copyStage({ temper, logits }: Problem): Stage {
  const pages = Math.ceil(logits.byteLength / PAGE);
  const half = pages * PAGE;
  const bytes = new Uint8Array(new WebAssembly.Memory({ initial: 2 * pages, maximum: 2 * pages }).buffer);
  bytes.set(new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength));
  return {
    contenders: [
      {
        name: MEMCPY,
        threads: 1,
        temper,
        agreement: "nothing",
        async run() {
          const begin = performance.now();
          bytes.copyWithin(half, 0, logits.byteLength);
          return performance.now() - begin;
        },
        outcome: async () => ({ value: Number.NaN }),
      },
    ],
    close: async () => {},
  };
}
