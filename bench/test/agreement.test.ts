/** Rows at small sizes: everyone who is there agrees with us. How long it takes is not asserted. */
import { afterAll, describe, expect, test, vi } from "vitest";
import { measureConvHead } from "../src/conv-head.ts";
import { QUICK_CONV_HEAD } from "../src/head/head-problem.ts";
import { closePeers, openPeers } from "../src/peers/open-peers.ts";
import { torchPeer } from "../src/peers/torch.ts";
import { type PeerName, peerNames, quick, rows } from "../src/rows.ts";
import { runRow } from "../src/run-row.ts";

const opened = await openPeers(peerNames);
/** Starting pools and OpenMP takes long on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

afterAll(() => closePeers(opened));

describe.for(rows.filter(({ section }) => section === "peers").map(quick))("$id", (row) => {
  for (const name of row.peers) {
    const { peers } = opened;
    test.skipIf(!peers.has(name))(`${name} has our value and gradient, within its rounding`, async () => {
      const { checks, series } = await runRow(row, only(name), name === "pixelgrad" ? [1, 2] : [1], 1);
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(checks.length).toBeGreaterThan(0);
      // The copy of the logits, besides all who were checked.
      expect(series.length).toBe(checks.length + 1);
    });
  }
});

test("a peer that computes another loss is caught, and its row is not timed", async () => {
  const [row] = rows.map(quick);
  const { checks, series } = await runRow(row!, sabotaged(), [1], 1);
  expect(checks.map(({ ok }) => ok)).toEqual([false, false]);
  expect(series).toEqual([]);
});

test.skipIf(!opened.peers.has("torch"))(
  "conv-head: torch has our gradient of every parameter, within its rounding",
  async () => {
    const { errors, ok, series } = await measureConvHead(QUICK_CONV_HEAD, 1, true);
    expect(Object.keys(errors)).toEqual(["value", "w1", "b1", "w2", "b2"]);
    expect(ok, JSON.stringify(errors)).toBe(true);
    expect(series.map(({ name }) => name)).toEqual(["pixelgrad", "torch"]);
  },
);

test("without torch, the reason says how to install it", async () => {
  const before = process.env["PIXELGRAD_PYTHON"];
  process.env["PIXELGRAD_PYTHON"] = "/nowhere/python3";
  try {
    expect(await torchPeer()).toEqual({ absent: expect.stringContaining("apt-get install python3-torch") });
  } finally {
    if (before === undefined) delete process.env["PIXELGRAD_PYTHON"];
    else process.env["PIXELGRAD_PYTHON"] = before;
  }
});

function only(name: PeerName) {
  return new Map([[name, opened.peers.get(name)!]]);
}

/** Our own pool on a focal loss, where cross-entropy is asked for. */
function sabotaged() {
  const peer = opened.peers.get("pixelgrad")!;
  const focal = rows.find(({ id }) => id === "focal")!;
  return new Map([
    [
      "pixelgrad" as const,
      {
        ...peer,
        stage: (_: unknown, ...rest: [Parameters<typeof peer.stage>[1], readonly number[]]) =>
          peer.stage({ ...focal, section: "scaling" as const }, ...rest),
      },
    ],
  ]);
}
