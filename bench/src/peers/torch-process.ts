/** A Python process that answers a line of JSON with a line of JSON, arrays following either. @module */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../python/torch_peer.py", import.meta.url));
const NEWLINE = 10;
/** Enough of a traceback to name its cause. */
const STDERR_TAIL = 2000;

export interface Reply {
  readonly [name: string]: unknown;
}

export class TorchProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #stderr = "";

  private constructor(python: string) {
    this.#child = spawn(python, [SCRIPT], { stdio: "pipe" });
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#child.stderr.on("data", (text: Buffer) => {
      this.#stderr = (this.#stderr + text.toString()).slice(-STDERR_TAIL);
    });
    // A write to a process that has ended fails; what it left on stderr is then thrown by the read that follows.
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => {
      this.#stderr += error.message;
    });
  }

  /** Starts the script; resolves with its greeting, and rejects when it cannot start or import torch. */
  static async start(python: string): Promise<{ process: TorchProcess; greeting: Reply }> {
    const process = new TorchProcess(python);
    return { process, greeting: await process.#reply() };
  }

  async ask(request: Reply, arrays: readonly Uint8Array[] = []): Promise<Reply> {
    await this.#write(`${JSON.stringify(request)}\n`);
    for (const array of arrays) await this.#write(array);
    return this.#reply();
  }

  /** The next `count` bytes, which a reply announced. */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const part = this.#rest.subarray(0, count - at);
      bytes.set(part, at);
      this.#rest = this.#rest.subarray(part.length);
      at += part.length;
    }
    return bytes;
  }

  /** The script ends when its input does. */
  async close(): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, "exit") : undefined;
    this.#child.stdin.end();
    await ended;
  }

  async #write(data: string | Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.#child.stdin.write(data, () => resolve()));
  }

  async #reply(): Promise<Reply> {
    let end = this.#rest.indexOf(NEWLINE);
    while (end < 0) {
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
      end = this.#rest.indexOf(NEWLINE);
    }
    const line = this.#rest.subarray(0, end).toString();
    this.#rest = this.#rest.subarray(end + 1);
    return JSON.parse(line) as Reply;
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new Error(`The PyTorch process ended: ${this.#stderr.trim() || "no message"}`);
    return value;
  }
}
