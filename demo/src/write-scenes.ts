/** Scenes as a data set on disk: images, masks and the `data.yaml` that `pixelgrad-finetune` reads. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encode } from "fast-png";
import { type Domain, renderScene, sceneClasses, sceneHeight, scenePalette, sceneWidth } from "./scenes.ts";

export interface SceneSet {
  readonly domain: Domain;
  /** A scene for each seed; they are numbered from 0001 in this order. */
  readonly train: readonly number[];
  readonly val: readonly number[];
}

/** Writes `images/{train,val}`, `masks/{train,val}` and `data.yaml` under `folder`, which is made if it is missing. */
export async function writeScenes(folder: string, { domain, train, val }: SceneSet): Promise<void> {
  await writeSplit(folder, "train", domain, train);
  await writeSplit(folder, "val", domain, val);
  await writeFile(join(folder, "data.yaml"), dataYaml());
}

async function writeSplit(
  folder: string,
  split: "train" | "val",
  domain: Domain,
  seeds: readonly number[],
): Promise<void> {
  await mkdir(join(folder, "images", split), { recursive: true });
  await mkdir(join(folder, "masks", split), { recursive: true });
  for (const [i, seed] of seeds.entries()) {
    const { width, height, rgb, mask } = renderScene(seed, domain);
    const name = `${String(i + 1).padStart(4, "0")}.png`;
    await writeFile(
      join(folder, "images", split, name),
      encode({ width, height, data: rgb, channels: 3, depth: 8 }),
    );
    const palette = scenePalette.map((colour) => [...colour]);
    await writeFile(
      join(folder, "masks", split, name),
      encode({ width, height, data: mask, channels: 1, depth: 8, palette }),
    );
  }
}

function dataYaml(): string {
  const names = sceneClasses.map((name, id) => `${id}: ${name}`).join(", ");
  return `path: .
train: images/train
val: images/val
masks_dir: masks
names: { ${names} }
preprocess: { size: [${sceneHeight}, ${sceneWidth}], color: rgb, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }
`;
}
