/** Whole graphs of many operators: values shared by several nodes, weights by several layers, shapes broadcast. */
import { elementCount, type Tensor } from "@pixelgrad/core";
import { relativeError, seededRandom } from "@pixelgrad/core/testing";
import { openSession } from "@pixelgrad/onnx";
import { describe, expect, test } from "vitest";
import { dot } from "../support/dot.ts";
import { caseFeeds, caseFunctional, caseGradients, caseModel } from "./gradients.ts";
import { GraphWriter } from "./random/graph-writer.ts";
import { takeStep } from "./random/steps.ts";
import type { RuleCase } from "./rule-case.ts";

const GRAPHS = 50;
const DIRECTIONS = 3;
const STEP = 0.01;

function randomGraph(seed: number): RuleCase {
  const graph = new GraphWriter(seed);
  const [channels, height, width] = [graph.whole(1, 4), graph.whole(3, 5), graph.whole(3, 5)];
  graph.image([1, channels, height, width]);
  if (graph.chance(0.5)) graph.image([1, channels, height, width]);
  if (graph.chance(0.3)) graph.image([graph.whole(1, 3), graph.whole(2, 4)]);
  const size = graph.whole(5, 15);
  while (graph.nodeCount < size) takeStep(graph);
  return graph.end();
}

describe(`random graphs: the gradient of each input along ${DIRECTIONS} directions is within 1e-3 of five-point differences`, () => {
  test.each(Array.from({ length: GRAPHS }, (_, seed) => seed + 1))("seed %i", async (seed) => {
    const given = randomGraph(seed);
    const { grads } = await caseGradients(given);
    for (const [name, { along, differences }] of Object.entries(await directional(given, grads))) {
      expect(relativeError(along, differences), name).toBeLessThan(1e-3);
    }
  });
});

test("the graphs read values and weights more than once, and broadcast", () => {
  const graphs = Array.from({ length: GRAPHS }, (_, i) => randomGraph(i + 1));
  const rereads = ({ nodes }: RuleCase, prefix: string): boolean => {
    const reads = nodes.flatMap(({ input }) => input).filter((name) => name.startsWith(prefix));
    return new Set(reads).size < reads.length;
  };
  const broadcasts = ({ nodes, inputs }: RuleCase): boolean =>
    nodes.some(
      ({ opType, input }) =>
        ["Add", "Mul", "Sub"].includes(opType) && input.some((name) => inputs[name]?.includes(1)),
    );
  expect(graphs.filter((graph) => rereads(graph, "v")).length).toBeGreaterThan(GRAPHS / 2);
  expect(graphs.filter((graph) => rereads(graph, "w")).length).toBeGreaterThan(GRAPHS / 10);
  expect(graphs.filter(broadcasts).length).toBeGreaterThan(GRAPHS / 5);
  expect(new Set(graphs.flatMap(({ nodes }) => nodes.map(({ opType }) => opType))).size).toBeGreaterThan(20);
});

/** Derivatives of the functional of a case along random directions of +1 and -1, from the gradient and from differences. */
async function directional(given: RuleCase, grads: Readonly<Record<string, Float32Array>>) {
  const feeds = caseFeeds(given);
  const random = seededRandom(3);
  const forward = await openSession(caseModel(given).toBytes());
  try {
    const run = async (moved: Readonly<Record<string, Tensor>>) => (await forward.run(moved))["y"]!;
    const functional = caseFunctional((await run(feeds)).dims);
    const found: Record<string, { along: number[]; differences: number[] }> = {};
    for (const [name, { data, dims }] of Object.entries(feeds)) {
      found[name] = { along: [], differences: [] };
      for (let k = 0; k < DIRECTIONS; k++) {
        const direction = Float32Array.from({ length: elementCount(dims) }, () => (random() < 0.5 ? -1 : 1));
        const at = async (t: number): Promise<number> => {
          const moved = { data: data.map((v, i) => v + t * direction[i]!), dims };
          return dot(functional, (await run({ ...feeds, [name]: moved })).data as Float32Array);
        };
        const near = (await at(STEP)) - (await at(-STEP));
        const far = (await at(2 * STEP)) - (await at(-2 * STEP));
        found[name].along.push(dot(grads[name]!, direction));
        found[name].differences.push((8 * near - far) / (12 * STEP));
      }
    }
    return found;
  } finally {
    await forward.release();
  }
}
