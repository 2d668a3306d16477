import { PixelgradError } from "@pixelgrad/core";
import { describe, expect, test } from "vitest";
import { serveJobs } from "./protocol.ts";

const envelope = (job: number, cancel = new Int32Array(1)) => ({ job, cancel });

describe("serveJobs", () => {
  test("replies with what the handler returns or resolves to", async () => {
    expect(await serveJobs((job: number) => job + 1)(envelope(1))).toEqual({ ok: true, result: 2 });
    expect(await serveJobs(async (job: number) => job + 1)(envelope(1))).toEqual({ ok: true, result: 2 });
  });

  test("encodes a PixelgradError with its code, message and context", async () => {
    const thrown = new PixelgradError("ALL_IGNORED", "Nothing counts.", { loss: "dice" });
    const reply = await serveJobs(() => {
      throw thrown;
    })(envelope(1));
    expect(structuredClone(reply)).toEqual({ ok: false, error: thrown.encode() });
  });

  test("lets any other error through, because it is a bug", async () => {
    const serve = serveJobs(() => {
      throw new TypeError("a bug");
    });
    await expect(serve(envelope(1))).rejects.toThrow(TypeError);
  });

  test("tells the handler whether the run is being cancelled", async () => {
    const cancel = new Int32Array(1);
    const seen: boolean[] = [];
    const serve = serveJobs((_job: number, cancelled) => {
      seen.push(cancelled());
      Atomics.store(cancel, 0, 1);
      seen.push(cancelled());
    });
    await serve(envelope(1, cancel));
    expect(seen).toEqual([false, true]);
  });
});
