/** The results as text. @module */
import { formatDims } from "@pixelgrad/core";
import type { Bandwidth } from "./bandwidth.ts";
import { describeMismatch } from "./check.ts";
import type { ConvHead } from "./conv-head.ts";
import type { Dispatch } from "./dispatch.ts";
import type { InPlace } from "./in-place.ts";
import type { Machine } from "./machine.ts";
import { median, quantile } from "./measure.ts";
import { POOL } from "./peers/pixelgrad.ts";
import { find, ratiosOf } from "./ratios.ts";
import { pixelsOf } from "./rows.ts";
import type { BenchResult } from "./run-all.ts";
import type { RowResult, Series } from "./run-row.ts";
import { digits, formatTable } from "./table.ts";
import type { Finding } from "./targets.ts";

export function formatReport(result: BenchResult): string {
  const { rows, bandwidth, dispatch, inPlace, convHead, findings, rounds } = result;
  const parts = [
    formatMachine(result.machine),
    `${Object.entries(result.versions)
      .map((pair) => pair.join(" "))
      .join(", ")}\n`,
    ...result.skipped.map(({ name, why }) => `SKIPPED ${name}: ${why}\n`),
    `Value and gradient; medians and quartiles of ${rounds} interleaved round(s), ratios are medians over rounds.\n`,
    ...rows.filter(({ row }) => row.section === "peers").map(formatRow),
    formatScaling(rows.filter(({ row }) => row.section === "scaling")),
    ...(bandwidth ? [formatBandwidth(bandwidth)] : []),
    ...(dispatch ? [formatDispatch(dispatch)] : []),
    formatInPlace(inPlace),
    ...(convHead ? [formatConvHead(convHead)] : []),
    formatFindings(findings),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function formatMachine(m: Machine): string {
  return (
    `${m.cpu}, ${m.cores} CPUs (quota: ${m.quota}), ${m.memoryGiB} GiB, Linux ${m.kernel}, load ${m.load.toFixed(2)}; ` +
    `Node ${m.node}, V8 ${m.v8}\n`
  );
}

function formatRow({ row, checks, series }: RowResult): string {
  const title = `${row.id}: ${row.title}, ${formatDims(row.dims)}\n`;
  const mismatches = checks.filter(({ ok }) => !ok).map((check) => `  ${describeMismatch(row.id, check)}\n`);
  if (series.length === 0) return title + mismatches.join("");
  const lines = series.map((one) => {
    const { overOurs, overMemcpy, overMild, speedup } = ratiosOf(one, series);
    const check = checks.find(
      (c) => c.name === one.name && c.threads === one.threads && c.temper === one.temper,
    );
    return [
      one.name,
      one.temper,
      String(one.threads),
      ...times(one.ms),
      digits(pixelsOf(row) / 1e3 / median(one.ms)),
      ...[overOurs, overMemcpy, overMild, speedup].map(digits),
      check?.valueError.toExponential(0) ?? "",
      check?.gradError?.toExponential(0) ?? "",
    ];
  });
  const headers = [
    "",
    "logits",
    "threads",
    "ms",
    "q1",
    "q3",
    "Mpixel/s",
    "/ours",
    "/memcpy",
    "/mild",
    "1 thread/",
  ];
  return title + formatTable([...headers, "value off", "grad off"], lines, 2);
}

/** A line per loss, a pair of columns per number of threads. */
function formatScaling(results: readonly RowResult[]): string {
  if (results.length === 0) return "";
  const counts = [...new Set(results.flatMap(({ series }) => series.map(({ threads }) => threads)))];
  const headers = ["", "logits", ...counts.flatMap((n) => [`${n} thr ms`, "1 thread/"])];
  const lines = results.map(({ row, series }) => [
    row.loss,
    formatDims(row.dims),
    ...counts.flatMap((threads) => {
      const one = find(series, POOL, threads, "mild");
      return one ? [digits(median(one.ms)), digits(ratiosOf(one, series).speedup)] : ["", ""];
    }),
  ]);
  const mismatches = results.flatMap(({ row, checks }) =>
    checks.filter(({ ok }) => !ok).map((check) => `  ${describeMismatch(row.id, check)}\n`),
  );
  return `scaling: the pool on more threads\n${mismatches.join("")}${formatTable(headers, lines, 2)}`;
}

function formatBandwidth({ bytes, series }: Bandwidth): string {
  const lines = series.map(({ threads, ms, gigabytes, speedup }) => [
    String(threads),
    ...times(ms),
    digits(gigabytes),
    digits(speedup),
  ]);
  const title = `bandwidth: a copy of ${digits(bytes / 2 ** 20)} MiB, read and written\n`;
  return title + formatTable(["threads", "ms", "q1", "q3", "GB/s", "1 thread/"], lines);
}

function formatDispatch({ dims, threads, pool, inline }: Dispatch): string {
  const lines = [
    [`pool of ${threads}`, digits(pool.median), digits(pool.q1), digits(pool.q3)],
    ["inline", digits(inline.median), digits(inline.q1), digits(inline.q3)],
  ];
  const title = `dispatch: binary-cross-entropy of 4096 pixels, ${formatDims(dims)}, a call\n`;
  return title + formatTable(["", "ms", "q1", "q3"], lines);
}

function formatInPlace(results: readonly InPlace[]): string {
  if (results.length === 0) return "";
  const { dims, arraysMiB } = results[0]!;
  const title = `in-place: cross-entropy, ${formatDims(dims)}, arrays of ${digits(arraysMiB)} MiB\n`;
  const lines = results.map(({ where, growthMiB }) => [where, growthMiB.toFixed(2)]);
  return title + formatTable(["", "growth MiB"], lines);
}

function formatConvHead({ size, errors, bound, ok, series, overTorch }: ConvHead): string {
  const { channels, samples, side } = size;
  const [from, middle, classes] = channels;
  const title =
    `conv-head: Conv3x3 ${from}→${middle}, ReLU, Conv1x1 ${middle}→${classes} on ` +
    `${formatDims([samples, from, side, side])}, forward and backward of its parameters, one thread\n`;
  const off = Object.entries(errors)
    .map(([name, error]) => `${name} ${error.toExponential(0)}`)
    .join(", ");
  if (!ok) {
    return `${title}  MISMATCH: torch is off ours by ${off}; expected at most ${bound.toExponential(0)}. It is not timed.\n`;
  }
  const lines = series.map(({ name, ms }, i) => [name, ...times(ms), i === 0 ? digits(overTorch) : ""]);
  const agreement = off === "" ? "" : `  torch is off ours by: ${off}\n`;
  return title + agreement + formatTable(["", "ms", "q1", "q3", "/torch"], lines);
}

function formatFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return "";
  const lines = findings.map(({ row, what, got, target, bound, met }) => [
    row,
    what,
    digits(got),
    `${bound === "at least" ? ">=" : "<="} ${target}`,
    met ? "met" : "NOT MET",
  ]);
  const met = findings.filter(({ met }) => met).length;
  return `targets: ${met} of ${findings.length} met\n${formatTable(["", "", "got", "target", ""], lines, 2)}`;
}

function times(ms: Series["ms"]): string[] {
  return [median(ms), quantile(ms, 0.25), quantile(ms, 0.75)].map(digits);
}
