/** What a head is, to those who write and choose one. @module */
import type { HeadWriter, Planes } from "./head-writer.ts";

export interface HeadRequest {
  /** As many as the head takes, those with more pixels first. */
  readonly features: readonly Planes[];
  /** Channels of the logits. */
  readonly channels: number;
  /** Channels inside the head, where the caller wants others than its own. */
  readonly width: number | undefined;
  /** Height and width of the image. */
  readonly size: readonly [number, number];
}

export interface Head {
  /** What each feature is called, those with more pixels first. */
  readonly takes: readonly ["features"] | readonly ["low", "high"];
  /** Strides the low features should have, the best first; of no meaning to a head that takes one. */
  readonly lowStrides: readonly number[];
  /** Writes the layers and returns the logits, smaller than the image as a rule. */
  build(write: HeadWriter, request: HeadRequest): Promise<Planes>;
}
