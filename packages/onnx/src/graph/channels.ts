/** Numbers of channels. @module */
import { PixelgradError } from "@pixelgrad/core";

/** @throws PixelgradError `CHANNELS_INVALID` for other than a whole number of at least 1. */
export function requireChannels(what: string, channels: number): void {
  if (Number.isInteger(channels) && channels >= 1) return;
  throw new PixelgradError(
    "CHANNELS_INVALID",
    `${what} has a whole number of channels, at least 1; got ${channels}.`,
    { channels },
  );
}
