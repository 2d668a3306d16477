/** What a training run leaves behind besides its models; each file is replaced whole. */
import { join } from "node:path";
import { writeAtomically } from "@pixelgrad/dataset";
import type { EpochResult } from "@pixelgrad/trainer";

export class RunFolder {
  readonly path: string;
  readonly #epochs: EpochResult[] = [];

  constructor(path: string) {
    this.path = path;
  }

  get epochs(): readonly EpochResult[] {
    return this.#epochs;
  }

  /** `config.json`: everything the run was told. */
  async writeConfig(config: Readonly<Record<string, unknown>>): Promise<void> {
    await writeAtomically(join(this.path, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  }

  /** `metrics.jsonl`: an object per epoch. */
  async addEpoch(epoch: EpochResult): Promise<void> {
    this.#epochs.push(epoch);
    const lines = this.#epochs.map(({ epoch, trainLoss, valLoss, miou, iou }) =>
      JSON.stringify({ epoch, trainLoss, valLoss, miou, iou }),
    );
    await writeAtomically(join(this.path, "metrics.jsonl"), `${lines.join("\n")}\n`);
  }

  /** `report.html`; its path. */
  async writeReport(html: string): Promise<string> {
    const path = join(this.path, "report.html");
    await writeAtomically(path, html);
    return path;
  }
}
