/** The heads by name. A new head is its file, and one line here. @module */
import { PixelgradError } from "@pixelgrad/core";
import { deeplabv3plus } from "./deeplabv3plus.ts";
import { fcn } from "./fcn.ts";
import type { Head } from "./head.ts";
import { linear } from "./linear.ts";
import { lraspp } from "./lraspp.ts";

export const headNames = ["linear", "fcn", "lraspp", "deeplabv3+"] as const;

export type HeadName = (typeof headNames)[number];

const heads: Readonly<Record<HeadName, Head>> = { linear, fcn, lraspp, "deeplabv3+": deeplabv3plus };

/** @throws PixelgradError `HEAD_UNKNOWN`. */
export function headOf(name: HeadName): Head {
  if (Object.hasOwn(heads, name)) return heads[name];
  throw new PixelgradError(
    "HEAD_UNKNOWN",
    `There is no head named '${name}': choose one of ${headNames.join(", ")}.`,
    {
      name,
      known: headNames,
    },
  );
}
