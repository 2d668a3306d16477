/** The program in this process: its exit code and what it wrote. */
import { run } from "@pixelgrad/finetune";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function command(...args: readonly string[]): Promise<Ended> {
  let out = "";
  let err = "";
  const code = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}
