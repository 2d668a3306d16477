/** A tiny data set of two-coloured squares and a two-layer model, written to a temporary folder. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@pixelgrad/core/testing";
import { buildModel, floatTensor, intTensor, node, OnnxModel, valueInfo } from "@pixelgrad/onnx";
import { encode } from "fast-png";

const SIZE = 16;

/** A folder with `data.yaml`, 8 training and 4 validation images, and `model.onnx` of three classes. */
export async function tinyProject(options: { readonly binary?: boolean } = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pixelgrad-finetune-"));
  const random = seededRandom(7);
  for (const [split, count] of [
    ["train", 8],
    ["val", 4],
  ] as const) {
    await mkdir(join(folder, "images", split), { recursive: true });
    await mkdir(join(folder, "masks", split), { recursive: true });
    for (let i = 0; i < count; i++) {
      const { image, mask } = square(random, options.binary ? 255 : 1);
      await writeFile(join(folder, "images", split, `${i}.png`), image);
      await writeFile(join(folder, "masks", split, `${i}.png`), mask);
    }
  }
  const classes = options.binary ? "binary: { threshold: 128 }" : "names: [ground, square]";
  await writeFile(
    join(folder, "data.yaml"),
    `path: .\ntrain: images/train\nval: images/val\n${classes}\npreprocess: { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] }\n`,
  );
  await tinyModel(random).save(join(folder, "model.onnx"));
  return folder;
}

/** A bright square on dark ground, with its mask. */
function square(
  random: () => number,
  inside: number,
): { readonly image: Uint8Array; readonly mask: Uint8Array } {
  const [left, top] = [Math.floor(random() * 8), Math.floor(random() * 8)];
  const data = new Uint8Array(SIZE * SIZE * 3);
  const mask = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < mask.length; i++) {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const on = x >= left && x < left + 8 && y >= top && y < top + 8;
    mask[i] = on ? inside : 0;
    for (let c = 0; c < 3; c++) data[3 * i + c] = (on ? 170 : 60) + Math.floor(random() * 30);
  }
  return {
    image: encode({ width: SIZE, height: SIZE, data, channels: 3, depth: 8 }),
    mask: encode({ width: SIZE, height: SIZE, data: mask, channels: 1, depth: 8 }),
  };
}

function tinyModel(random: () => number): OnnxModel {
  const weights = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  return OnnxModel.of(
    buildModel({
      nodes: [
        node("Conv", ["image", "w0", "b0"], ["c0"], {
          pads: [1, 1, 1, 1],
          strides: [2, 2],
          kernel_shape: [3, 3],
        }),
        node("Relu", ["c0"], ["r0"]),
        node("Conv", ["r0", "w1", "b1"], ["c1"], { kernel_shape: [1, 1] }),
        node("Resize", ["c1", "roi", "scales", "size"], ["logits"], { mode: "linear" }),
      ],
      inputs: [valueInfo("image", [1, 3, SIZE, SIZE])],
      outputs: [valueInfo("logits", [1, 3, SIZE, SIZE])],
      initializers: [
        floatTensor("w0", [8, 3, 3, 3], weights(8 * 27)),
        floatTensor("b0", [8], weights(8)),
        floatTensor("w1", [3, 8, 1, 1], weights(24)),
        floatTensor("b1", [3], weights(3)),
        floatTensor("roi", [0], []),
        floatTensor("scales", [0], []),
        intTensor("size", [1, 3, SIZE, SIZE]),
      ],
      opset: 13,
    }),
  );
}
