/** Writes docs/losses.md and docs/presets.md: `pnpm run docs`. */
import { writeFile } from "node:fs/promises";
import { catalogue } from "@pixelgrad/core";
import { lossPage } from "../dist/docs/loss-page.js";
import { presetPage } from "../dist/docs/preset-page.js";

const folder = new URL("../../../docs/", import.meta.url);
await writeFile(new URL("losses.md", folder), lossPage(catalogue));
await writeFile(new URL("presets.md", folder), presetPage(catalogue));
