/** The peers that are there, and why the others are not. @module */
import type { PeerName } from "../rows.ts";
import { ortPeer } from "./ort.ts";
import type { Absent, Peer } from "./peer.ts";
import { pixelgradPeer } from "./pixelgrad.ts";
import { tfjsPeer } from "./tfjs.ts";
import { torchPeer } from "./torch.ts";

const openers: Readonly<Record<PeerName, () => Promise<Peer | Absent> | Peer>> = {
  pixelgrad: pixelgradPeer,
  torch: torchPeer,
  tfjs: tfjsPeer,
  ort: ortPeer,
};

export interface Opened {
  readonly peers: ReadonlyMap<PeerName, Peer>;
  readonly skipped: readonly { readonly name: PeerName; readonly why: string }[];
}

export async function openPeers(names: readonly PeerName[]): Promise<Opened> {
  const peers = new Map<PeerName, Peer>();
  const skipped: { name: PeerName; why: string }[] = [];
  for (const name of names) {
    const peer = await openers[name]();
    if ("absent" in peer) skipped.push({ name, why: peer.absent });
    else peers.set(name, peer);
  }
  return { peers, skipped };
}

export async function closePeers({ peers }: Opened): Promise<void> {
  for (const peer of peers.values()) await peer.close();
}
