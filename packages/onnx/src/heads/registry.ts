/** The heads by name. A new head is its file, and one line here. @module */
import { deeplabv3plus } from "./deeplabv3plus.ts";
import { fcn } from "./fcn.ts";
import type { Head } from "./head.ts";
import { linear } from "./linear.ts";
import { lraspp } from "./lraspp.ts";

export type HeadName = "linear" | "fcn" | "lraspp" | "deeplabv3+";

export const heads: Readonly<Record<HeadName, Head>> = {
  linear,
  fcn,
  lraspp,
  "deeplabv3+": deeplabv3plus,
};
