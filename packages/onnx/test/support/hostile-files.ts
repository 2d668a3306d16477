/** Files that are damaged on purpose, or legal and vast. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { buildModel, floatTensor, intTensor, node, OnnxModel, rawTensor, valueInfo } from "@pixelgrad/onnx";
import { segmentationNetwork } from "./networks.ts";

type Node = ReturnType<typeof node>;
type Parts = Parameters<OnnxModel["withGraph"]>[0];

const network = segmentationNetwork({ channels: 3 });
const whole = network.toBytes();
const changed = (changes: Parts): Uint8Array => network.withGraph(changes).toBytes();
const withNodes = (...nodes: readonly Node[]): Uint8Array =>
  changed({ node: [...network.graph.node, ...nodes] });
const withTensor = (tensor: ReturnType<typeof floatTensor>): Uint8Array =>
  changed({ initializer: [...network.graph.initializer, tensor] });

function tensor(dims: readonly bigint[], bytes: number, type = 1): Uint8Array {
  return withTensor(Object.assign(rawTensor("odd", [], type, new Uint8Array(bytes)), { dims: [...dims] }));
}

/** The network with more fields in its graph: a second graph field is merged into the first. */
function withGraphFields(write: (graph: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter().raw(whole).tag(7, WireType.LengthDelimited).fork();
  write(writer);
  return writer.join().finish();
}

/** An initialiser written by hand. */
function withTensorFields(write: (tensor: BinaryWriter) => void): Uint8Array {
  return withGraphFields((graph) => {
    graph.tag(5, WireType.LengthDelimited).fork();
    write(graph);
    graph.join();
  });
}

/** A node whose body has a node whose body has a node, and so on. */
function nested(depth: number): Uint8Array {
  let bytes = new Uint8Array(0);
  for (let i = 0; i < depth; i++) {
    const attribute = new BinaryWriter().tag(6, WireType.LengthDelimited).bytes(bytes).finish();
    const inner = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(attribute).finish();
    bytes = new BinaryWriter()
      .tag(1, WireType.LengthDelimited)
      .bytes(inner)
      .finish() as Uint8Array<ArrayBuffer>;
  }
  return withGraphFields((graph) => graph.raw(bytes));
}

/** `from` to `to` through `count` nodes. */
function chain(
  from: string,
  to: string,
  count: number,
  make: (input: string, output: string) => Node,
): Node[] {
  return Array.from({ length: count }, (_, i) =>
    make(i === 0 ? from : `${to}:${i}`, i === count - 1 ? to : `${to}:${i + 1}`),
  );
}

const identity = (input: string, output: string): Node => node("Identity", [input], [output]);

/** The network with `nodes` between its last node and its output. */
function withTail(
  nodes: (from: string, to: string) => readonly Node[],
  ...initializers: ReturnType<typeof intTensor>[]
) {
  const before = network.graph.node.slice(0, -1);
  return changed({
    node: [...before, ...nodes("up", "out")],
    initializer: [...network.graph.initializer, ...initializers],
  });
}

function wrongPerm(): Uint8Array {
  const transpose = node("Transpose", ["up"], ["out"], { perm: { float: 1 } });
  return withTail(() => [transpose]);
}

function invalidName(): Uint8Array {
  return withTensorFields((t) => t.tag(8, WireType.LengthDelimited).bytes(Uint8Array.of(0x77, 0xff, 0xfe)));
}

export interface HostileFile {
  readonly bytes: () => Uint8Array;
  /** What loading it says; without it, the file is legal and is loaded. */
  readonly refused?: RegExp;
}

export const hostileFiles: Readonly<Record<string, HostileFile>> = {
  "cut short": { bytes: () => whole.subarray(0, whole.length - 30), refused: /cut short/ },
  "a length past the end": {
    bytes: () =>
      new BinaryWriter()
        .raw(whole)
        .tag(7, 2)
        .uint32(2 ** 31)
        .finish(),
    refused: /cut short, or has a wrong length/,
  },
  "a length past its parent's end": {
    bytes: () =>
      new BinaryWriter().raw(whole).tag(7, 2).uint32(2).tag(1, 2).uint32(50).raw(new Uint8Array(99)).finish(),
    refused: /wrong length/,
  },
  "a number that never ends": {
    bytes: () => new BinaryWriter().raw(whole).raw(new Uint8Array(30).fill(0xff)).finish(),
    refused: /more than ten bytes/,
  },
  "a field of another kind": {
    bytes: () => new BinaryWriter().raw(whole).tag(7, WireType.Varint).uint32(3).finish(),
    refused: /another kind of value in field 7/,
  },
  "a dim of 2^31": {
    bytes: () => tensor([2n ** 31n], 4),
    refused: /'odd': dims \[2147483648\].* need 8589934592 bytes/,
  },
  "a negative dim": { bytes: () => tensor([-1n], 4), refused: /negative/ },
  "two negative dims": { bytes: () => tensor([-1n, -1n], 4), refused: /negative/ },
  "dims whose product overflows": {
    bytes: () => tensor([2n ** 32n, 2n ** 32n], 4),
    refused: /too large to count/,
  },
  "dims whose product is 0 in 64 bits": { bytes: () => tensor([2n ** 62n, 4n], 4), refused: /too large/ },
  "data shorter than dims": { bytes: () => tensor([4n], 12), refused: /need 16 bytes, it has 12/ },
  "data longer than dims": { bytes: () => tensor([2n], 12), refused: /need 8 bytes, it has 12/ },
  "no data": { bytes: () => tensor([2n], 0), refused: /need 2 elements, it has 0/ },
  "typed data of half a number": {
    bytes: () => withTensorFields((t) => t.tag(2, 0).int32(1).tag(4, 2).bytes(new Uint8Array(6))),
    refused: /cut short/,
  },
  "a ring": {
    bytes: () => withNodes(identity("b", "a"), identity("a", "b")),
    refused: /Identity 'Identity:a' reads 'b'.*form a ring/,
  },
  "a node that reads itself": { bytes: () => withNodes(identity("a", "a")), refused: /form a ring/ },
  "nodes out of order": {
    bytes: () => withNodes(identity("b", "a"), identity("up", "b")),
    refused: /made only after it.*sort them/,
  },
  "a value nobody makes": {
    bytes: () => withNodes(identity("nothing", "a")),
    refused: /'nothing', which nothing makes/,
  },
  "a value nobody makes, in a body": {
    bytes: () =>
      withGraphFields((graph) => {
        const inner = new BinaryWriter()
          .tag(1, 2)
          .string("nothing")
          .tag(2, 2)
          .string("z")
          .tag(4, 2)
          .string("Relu")
          .finish();
        const body = new BinaryWriter().tag(1, 2).bytes(inner).finish();
        const attribute = new BinaryWriter().tag(1, 2).string("body").tag(6, 2).bytes(body).finish();
        graph
          .tag(1, 2)
          .bytes(new BinaryWriter().tag(4, 2).string("Loop").tag(5, 2).bytes(attribute).finish());
      }),
    refused: /inside Loop '', Relu 'z' reads 'nothing'/,
  },
  "a value made twice": {
    bytes: () => withNodes(identity("up", "low")),
    refused: /'low', which is made before/,
  },
  "a value that is an initialiser too": {
    bytes: () => withNodes(identity("up", "w0")),
    refused: /'w0', which is made/,
  },
  "two initialisers of one name": {
    bytes: () => withTensor(floatTensor("w0", [1], [1])),
    refused: /two initialisers/,
  },
  "two inputs of one name": {
    bytes: () => changed({ input: [...network.graph.input, ...network.graph.input] }),
    refused: /two inputs named 'image'/,
  },
  "an output nobody makes": {
    bytes: () => changed({ output: [valueInfo("nowhere")] }),
    refused: /output 'nowhere'/,
  },
  "no nodes": { bytes: () => changed({ node: [] }), refused: /no graph/ },
  "no output": { bytes: () => changed({ output: [] }), refused: /no output/ },
  "no operator set": {
    bytes: () =>
      OnnxModel.of(
        Object.assign(buildModel({ nodes: [...network.graph.node], inputs: [], outputs: [] }), {
          graph: network.graph,
          opsetImport: [],
        }),
      ).toBytes(),
    refused: /no operator set/,
  },
  "a name that is no UTF-8": { bytes: invalidName, refused: /no UTF-8/ },
  "10 000 bodies in one another": { bytes: () => nested(10_000), refused: /more than 100 levels/ },
  "an endless list of dims": {
    bytes: () => withTensorFields((t) => t.tag(1, 2).bytes(new Uint8Array(20e6).fill(1))),
    refused: /more nodes, attributes and names/,
  },
  "ten million empty nodes": {
    bytes: () =>
      withGraphFields((graph) => graph.raw(new Uint8Array(20e6).map((_, i) => (i % 2 ? 0 : 0x0a)))),
    refused: /more nodes, attributes and names/,
  },
  "five million unknown fields": {
    bytes: () =>
      new BinaryWriter()
        .raw(whole)
        .raw(new Uint8Array(10e6).map((_, i) => (i % 2 ? 0 : 0x78)))
        .finish(),
    refused: /more nodes, attributes and names/,
  },
  "a list of a hundred million axes": {
    bytes: () =>
      withNodes(node("Squeeze", ["up"], ["s"], { axes: [] })).length > 0
        ? withGraphFields((graph) => {
            const axes = new BinaryWriter()
              .tag(1, 2)
              .string("axes")
              .tag(8, 2)
              .bytes(new Uint8Array(20e6))
              .finish();
            graph
              .tag(1, 2)
              .bytes(new BinaryWriter().tag(4, 2).string("Squeeze").tag(5, 2).bytes(axes).finish());
          })
        : whole,
    refused: /more nodes, attributes and names/,
  },
  "a perm that is a float": { bytes: wrongPerm },
  "a million numbers one by one": {
    bytes: () =>
      withTensorFields((t) => {
        t.tag(1, 0).int64(1e6).tag(2, 0).int32(1).tag(8, 2).string("one by one");
        for (let i = 0; i < 1e6; i++) t.tag(4, WireType.Bit32).float(i);
      }),
  },
  "a tail of 100 000 nodes": { bytes: () => withTail((from, to) => chain(from, to, 100_000, identity)) },
  "100 000 nodes behind a weight": {
    bytes: () => {
      const [conv, relu, head, ...rest] = network.graph.node as [Node, Node, Node, ...Node[]];
      const layer = Object.assign(node("Conv", ["features", "deep", "head.b"], ["low"]), {
        attribute: head.attribute,
      });
      return changed({ node: [conv, relu, ...chain("head.w", "deep", 100_000, identity), layer, ...rest] });
    },
  },
  "a tail that gains 20 000 axes": {
    bytes: () =>
      withTail(
        (from, to) => chain(from, to, 20_000, (i, o) => node("Unsqueeze", [i, "axes"], [o])),
        intTensor("axes", [0]),
      ),
  },
  "a tail whose 20 000 nodes read one long list": {
    bytes: () =>
      withTail(
        (from, to) => chain(from, to, 20_000, (i, o) => node("Squeeze", [i, "axes"], [o])),
        intTensor("axes", new Array(100_000).fill(0)),
      ),
  },
  "20 000 resizes that read one long list": {
    bytes: () =>
      withTail(
        (from, to) =>
          chain(from, to, 20_000, (i, o) => node("Resize", [i, "", "long"], [o], { mode: "linear" })),
        floatTensor("long", [100_000], new Float32Array(100_000).fill(1)),
      ),
  },
  "20 000 products with one matrix": {
    bytes: () => {
      const identityMatrix = new Float32Array(300 * 300);
      for (let i = 0; i < 300; i++) identityMatrix[i * 301] = 1;
      return withTail(
        (from, to) =>
          chain(from, to, 20_000, (i, o) =>
            node("MatMul", Number(o.split(":")[1]) % 2 ? [i, "m"] : ["m", i], [o]),
          ),
        floatTensor("m", [300, 300], identityMatrix),
      );
    },
  },
  "a node of 300 000 inputs": {
    bytes: () => withNodes(node("Sum", new Array<string>(300_000).fill("up"), ["many"])),
  },
  "nodes without inputs or outputs": {
    bytes: () =>
      withNodes(
        node("Constant", [], []),
        node("Conv", [], []),
        node("Add", [], ["e"]),
        node("MatMul", [], []),
      ),
  },
  "nodes without inputs at the end": {
    bytes: () => {
      const ops = [
        "Conv",
        "Add",
        "MatMul",
        "Gemm",
        "Resize",
        "Reshape",
        "Transpose",
        "Identity",
        "Cast",
        "Softmax",
      ];
      const nodes = ops.map((op, i) => node(op, [], [`bare${i}`]));
      return changed({
        node: [...network.graph.node, ...nodes],
        output: ops.map((_, i) => valueInfo(`bare${i}`, [1, 3, 8, 8])),
      });
    },
  },
  "layers whose weights have odd ranks": {
    bytes: () => {
      const scalar = floatTensor("scalar", [], [1]);
      const empty = floatTensor("empty", [0, 4, 1, 1], []);
      const layers = [
        node("Gemm", ["features", "scalar"], ["g"]),
        node("MatMul", ["features", "scalar"], ["m"]),
        node("Conv", ["features", "empty"], ["c"]),
        node("Conv", ["features", "scalar"], ["d"]),
      ];
      return changed({
        node: [...network.graph.node, ...layers],
        initializer: [...network.graph.initializer, scalar, empty],
        output: ["g", "m", "c", "d"].map((name) => valueInfo(name, [1, 3, 8, 8])),
      });
    },
  },
};
