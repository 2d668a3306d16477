// A process of its own for files that may hurt: uses each model that is named, and prints per file what came of each use
// (a code, or "fine"), the milliseconds of processor time each took, and by how many bytes memory has grown at most so far.
import { inspect, OnnxModel, replaceClassifier } from "@pixelgrad/onnx";

/** The uses of a model, each on its own: one that fails must not hide the next. */
function usesOf(model) {
  const names = model.graph.initializer.slice(0, 50).map(({ name }) => name);
  return {
    describe: () => [model.inputs, model.outputs, model.opset, model.metadata],
    inspect: () => inspect(model),
    parameters: () => names.map((name) => model.parameter(name)),
    replace: () => names.map((name) => model.withParameters(new Map([[name, model.parameter(name)]]))),
    classes: () => replaceClassifier(model, { channels: 7, seed: 1 }),
    write: () => model.toBytes(),
  };
}

function outcome(error) {
  return error.name === "PixelgradError" ? error.code : `CRASH ${error.stack}`;
}

const before = process.resourceUsage().maxRSS;
const results = {};
for (const path of process.argv.slice(2)) {
  const came = {};
  const milliseconds = {};
  let start = process.cpuUsage();
  const lap = (name) => {
    milliseconds[name] = process.cpuUsage(start).user / 1000;
    start = process.cpuUsage();
  };
  try {
    const model = await OnnxModel.load(path);
    came.load = "fine";
    lap("load");
    for (const [name, use] of Object.entries(usesOf(model))) {
      try {
        use();
        came[name] = "fine";
      } catch (error) {
        came[name] = outcome(error);
      }
      lap(name);
    }
  } catch (error) {
    came.load = outcome(error);
    came.message = error.message;
    lap("load");
  }
  results[path] = { came, milliseconds, growth: (process.resourceUsage().maxRSS - before) * 1024 };
}
process.stdout.write(JSON.stringify(results));
