/** Which scenes the demo's models see, and where its files are. */
import { fileURLToPath } from "node:url";
import type { SceneSet } from "./write-scenes.ts";

/** The committed model, trained on day scenes. */
export const dayModelPath: string = fileURLToPath(new URL("../day.onnx", import.meta.url));

type Seeds = Pick<SceneSet, "train" | "val">;

/** Scenes the day model was made with. */
export const daySeeds: Seeds = { train: range(1, 120), val: range(1001, 30) };

/** Night scenes the demo fine-tunes with, and chooses the best epoch by. */
export const nightSeeds: Seeds = { train: range(2001, 100), val: range(3001, 30) };

/** Night scenes no model has seen, not even to be chosen by. */
export const unseenNightSeeds: Seeds = { train: range(1, 1), val: range(5001, 30) };

/** Day scenes no model has seen. */
export const unseenDaySeeds: Seeds = { train: range(1, 1), val: range(4001, 30) };

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
