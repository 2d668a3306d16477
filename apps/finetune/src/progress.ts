/** A training run as it goes, on standard error: a bar for a person, a line per epoch for a log. */
import type { TrainEvent } from "@pixelgrad/trainer";
import cliProgress from "cli-progress";
import type { Io } from "./io.ts";
import { percent } from "./iou-table.ts";

export interface TrainProgress {
  show(event: TrainEvent): void;
  /** Takes the bar away. */
  end(): void;
}

export function trainProgress(io: Io): TrainProgress {
  const bar = io.terminal === undefined ? undefined : new StepBar(io.terminal);
  const say = (line: string) => {
    bar?.clear();
    io.err(`${line}\n`);
  };
  return {
    show(event) {
      if (event.type === "start") {
        say(
          `${event.trainSamples} training and ${event.valSamples} validation images, ${event.threads} ` +
            `${event.threads === 1 ? "thread" : "threads"}; ${event.loss} on ${event.channels} ` +
            `${event.channels === 1 ? "channel" : "channels"}, training ${event.parameters.map((p) => p.name).join(", ")}`,
        );
      } else if (event.type === "features") {
        bar?.set("features", event.done, event.total);
        if (event.done === event.total) say(`features of ${event.total} images are ready`);
      } else if (event.type === "step") {
        bar?.set(`epoch ${event.epoch}, loss ${event.loss.toFixed(4)}`, event.step, event.steps);
      } else if (event.type === "epoch") {
        say(
          `epoch ${event.epoch}: train loss ${event.trainLoss?.toFixed(4)}, val loss ${event.valLoss.toFixed(4)}, ` +
            `mIoU ${percent(event.miou)}`,
        );
      }
    },
    end: () => bar?.clear(),
  };
}

class StepBar {
  readonly #stream: NodeJS.WritableStream;
  #bar: cliProgress.SingleBar | undefined;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  set(task: string, value: number, total: number): void {
    if (this.#bar === undefined) {
      const format = "[{bar}] {value}/{total} {task}, {eta_formatted} left";
      const options = { format, stream: this.#stream, clearOnComplete: true };
      this.#bar = new cliProgress.SingleBar(options, cliProgress.Presets.legacy);
      this.#bar.start(total, value, { task });
    }
    this.#bar.setTotal(total);
    this.#bar.update(value, { task });
  }

  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
