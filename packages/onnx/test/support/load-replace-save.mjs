// A process of its own, because memory is a process's: loads a model, replaces one weight, saves it, and prints by how many
// bytes its resident memory grew at most. Arguments: the model, where to save it, the weight.
import { OnnxModel } from "@pixelgrad/onnx";

const [from, to, weight] = process.argv.slice(2);
const before = process.resourceUsage().maxRSS;
const model = await OnnxModel.load(from);
const { data, dims } = model.parameter(weight);
data.fill(7);
await model.withParameters(new Map([[weight, { data, dims }]])).save(to);
process.stdout.write(String((process.resourceUsage().maxRSS - before) * 1024));
