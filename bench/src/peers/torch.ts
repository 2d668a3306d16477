/** PyTorch, forward and backward, in one Python process that lives as long as the bench. @module */
import type { Problem } from "../problem.ts";
import type { Row } from "../rows.ts";
import type { Absent, Contender, Peer, Stage } from "./peer.ts";
import { TorchProcess } from "./torch-process.ts";

export const TORCH = "torch";

/** Debian's Python first: another one on the path seldom has torch. */
function pythons(): readonly string[] {
  const named = process.env["PIXELGRAD_PYTHON"];
  return named === undefined ? ["/usr/bin/python3", "python3"] : [named];
}

interface Started {
  readonly process: TorchProcess;
  /** What it is, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function startTorch(): Promise<Started | Absent> {
  const reasons: string[] = [];
  for (const python of pythons()) {
    try {
      const { process, greeting } = await TorchProcess.start(python);
      const { version, onednn } = greeting as { version: string; onednn: boolean };
      return {
        process,
        versions: { torch: `${version} (${python}, ${onednn ? "with" : "without"} oneDNN)` },
      };
    } catch (error) {
      // No such Python, or it has no torch: the next one may.
      reasons.push(`${python}: ${(error as Error).message.split("\n").at(-1)}`);
    }
  }
  return {
    absent:
      "No Python with torch: apt-get install python3-torch, or set PIXELGRAD_PYTHON to a Python that imports it " +
      `(${reasons.join("; ")}).`,
  };
}

export async function torchPeer(): Promise<Peer | Absent> {
  const started = await startTorch();
  if ("absent" in started) return started;
  const { process, versions } = started;
  return {
    versions,
    stage: (row, problems, threads) => stage(process, row, problems, threads),
    close: () => process.close(),
  };
}

async function stage(
  process: TorchProcess,
  row: Row,
  problems: readonly Problem[],
  threads: readonly number[],
): Promise<Stage> {
  for (const { temper, dims, logits, labels } of problems) {
    await process.ask({ do: "load", name: temper, loss: row.loss, dims }, [
      new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength),
      labels,
    ]);
  }
  return {
    contenders: threads.flatMap((count) => problems.map(({ temper }) => contender(process, temper, count))),
    async close() {
      await process.ask({ do: "clear" });
    },
  };
}

function contender(process: TorchProcess, temper: Problem["temper"], threads: number): Contender {
  return {
    name: TORCH,
    threads,
    temper,
    agreement: "float32",
    async run() {
      return (await process.ask({ do: "run", name: temper, threads }))["ms"] as number;
    },
    async outcome() {
      const reply = await process.ask({ do: "gradient", name: temper, threads });
      const bytes = await process.bytes(reply["bytes"] as number);
      return { value: reply["value"] as number, grad: new Float32Array(bytes.buffer) };
    },
  };
}
