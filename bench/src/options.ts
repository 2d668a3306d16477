/** The command line. @module */
import { parseArgs } from "node:util";
import { type PeerName, peerNames, rows } from "./rows.ts";

/** What is measured besides rows. */
export const extras = ["bandwidth", "dispatch", "in-place", "conv-head"] as const;

export interface Options {
  /** Ids of rows, and extras. */
  readonly chosen: ReadonlySet<string>;
  /** Ascending, without doubles. */
  readonly threads: readonly number[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly peers: readonly PeerName[];
  readonly json?: string;
}

const ROUNDS = 9;
const QUICK_ROUNDS = 1;
/** Stands for every scaling row. */
const SCALING = "scaling";

/** @throws Error in one sentence for an option that is not one. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: "string" },
      threads: { type: "string", default: "1,2" },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      peers: { type: "string", default: peerNames.join(",") },
      json: { type: "string" },
    },
  });
  const { quick, json } = values;
  const rounds = wholeNumber("--rounds", values.rounds ?? String(quick ? QUICK_ROUNDS : ROUNDS));
  const threads = values.threads.split(",").map((text) => wholeNumber("--threads", text));
  return {
    chosen: chosenRows(values.rows),
    threads: [...new Set(threads)].sort((a, b) => a - b),
    rounds,
    quick,
    peers: values.peers.split(",").map((name) => oneOf("--peers", name, peerNames)),
    ...(json !== undefined && { json }),
  };
}

function chosenRows(text: string | undefined): ReadonlySet<string> {
  const scaling = rows.filter(({ section }) => section === "scaling").map(({ id }) => id);
  const names = [...rows.map(({ id }) => id), ...extras];
  if (text === undefined) return new Set(names);
  const allowed = [...names, SCALING];
  const chosen = text.split(",").map((name) => oneOf("--rows", name, allowed));
  return new Set(chosen.flatMap((name) => (name === SCALING ? scaling : [name])));
}

function wholeNumber(option: string, text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n >= 1) return n;
  throw new Error(`${option} takes whole numbers from 1 on, got ${text}.`);
}

function oneOf<T extends string>(option: string, name: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === name);
  if (found !== undefined) return found;
  throw new Error(`${option} takes ${allowed.join(", ")}; got ${name}.`);
}
