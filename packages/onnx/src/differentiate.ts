/**
 * The gradient of a graph as a second graph of plain inference operators: reverse mode, one rule per operator.
 *
 * @module
 */
import { elementCount, PixelgradError } from "@pixelgrad/core";
import { GRADIENT_PREFIX, GradientWriter } from "./gradient-writer.ts";
import { buildModel, valueInfo } from "./graph/build.ts";
import { elementType, elementTypeNumber, isFloatingPoint } from "./graph/element-types.ts";
import { gradientPath } from "./graph/gradient-path.ts";
import type { NodeProto, OperatorSetIdProto, TensorProto } from "./graph/onnx_pb.ts";
import { OnnxModel } from "./graph/onnx-model.ts";
import { simplifyHint } from "./graph/simplify-hint.ts";
import { valuesRead } from "./graph/wiring.ts";
import { ruleOf } from "./rules/registry.ts";
import type { InputGrads, RuleContext } from "./rules/rule.ts";
import { interpolationMatrix } from "./runtime/interpolation-matrix.ts";

/** The input that holds dL/d(output). */
export const OUTPUT_GRAD: string = `${GRADIENT_PREFIX}outputGrad`;

/** The output that holds the gradient of a parameter. */
export function gradOutput(parameter: string): string {
  return `${GRADIENT_PREFIX}grad:${parameter}`;
}

export interface DifferentiateOptions {
  /** Nodes between the parameters and `output`, in graph order; all other values are known. */
  readonly nodes: readonly NodeProto[];
  readonly opset: readonly OperatorSetIdProto[];
  readonly output: string;
  readonly parameters: readonly string[];
  shape(value: string): readonly number[];
  /** Element type of a value of the nodes, such as `bool`; `float32` unless given. */
  type?(value: string): string | undefined;
  /** Small numbers of a frozen value, where they are known. */
  numbers(value: string): readonly number[] | undefined;
  /** The tensor of a frozen value, which the gradient graph then holds itself; without it, it is an input of that graph. */
  constant?(value: string): TensorProto | undefined;
}

export interface Derivative {
  readonly model: OnnxModel;
  /** Values of the forward graph that are inputs of the gradient graph. */
  readonly saved: readonly string[];
}

/**
 * The graph from the gradient of `output` to the gradients of `parameters`; only what leads to a parameter is made.
 * @throws PixelgradError `GRADIENT_UNSUPPORTED` naming the operator; `MODEL_UNSUPPORTED` for a value called `pixelgrad:…`.
 */
export async function differentiate(options: DifferentiateOptions): Promise<Derivative> {
  const { nodes, output, parameters, shape } = options;
  const writer = new GradientWriter();
  const opset = Number(options.opset.find(({ domain }) => /^(ai\.onnx)?$/.test(domain))?.version ?? 1n);
  requireFreeNames(nodes);
  const path = gradientPath(options);
  const needed = path.values;
  const grads = new Map<string, string[]>([[output, [OUTPUT_GRAD]]]);
  const saved = new Set<string>();
  const frozenValues = new Map<string, TensorProto>();
  const gradOf = (value: string): string | undefined => {
    const parts = grads.get(value);
    return parts === undefined || parts.length < 2 ? parts?.[0] : writer.emit("Sum", parts, 1)[0];
  };
  const trained = new Set(parameters);
  // The last refusal on the way is met first, so what lies behind it has rules.
  const nearestCut = (node: NodeProto): string => {
    const behind = nodes.slice(nodes.indexOf(node) + 1);
    return behind.some((other) => valuesRead(other).some((value) => trained.has(value)))
      ? `train what lies behind '${node.output[0]}' instead`
      : "no trainable weight lies behind it";
  };
  for (const node of [...path.nodes].reverse()) {
    const outputGrads = node.output.map(gradOf);
    if (outputGrads.every((grad) => grad === undefined)) continue;
    const rule = ruleOf(node);
    if (rule === undefined) throw unsupported(node, nearestCut(node));
    const context: RuleContext = {
      node,
      opset,
      get outputGrad() {
        const dims = shape(node.output[0] as string);
        return outputGrads[0] ?? writer.floats(zeros(dims), dims);
      },
      outputGradOf: (i) => outputGrads[i],
      shape,
      needs: (i) => needed.has(node.input[i] ?? ""),
      saved: (value) => {
        const frozen = options.constant?.(value);
        if (frozen === undefined) saved.add(value);
        else frozenValues.set(value, frozen);
        const type = frozen?.dataType ?? elementTypeNumber(options.type?.(value)) ?? elementType.float;
        // The gradient graph is float32 throughout.
        const narrowOrWide = isFloatingPoint(type) && type !== elementType.float;
        return narrowOrWide
          ? (writer.emit("Cast", [value], 1, { to: elementType.float })[0] as string)
          : value;
      },
      isConstant: (value) => options.constant?.(value) !== undefined,
      numbers: (value) => (value ? options.numbers(value) : undefined),
      emit: (opType, inputs, attributes) => writer.emit(opType, inputs, 1, attributes)[0] as string,
      emitAll: (opType, inputs, count, attributes) => writer.emit(opType, inputs, count, attributes),
      ints: (values) => writer.ints(values),
      floats: (values, dims) => writer.floats(values, dims),
      interpolation: (from, to, scale) =>
        interpolationMatrix({ node, opset: options.opset, from, to, scale }),
    };
    let inputGrads: InputGrads;
    try {
      inputGrads = await rule(context);
    } catch (cause) {
      throw refused(cause, nearestCut(node));
    }
    node.input.forEach((value, i) => {
      const grad = inputGrads[i];
      if (grad !== undefined && needed.has(value)) grads.set(value, [...(grads.get(value) ?? []), grad]);
    });
  }
  for (const parameter of parameters) {
    writer.end(
      gradOf(parameter) ?? writer.floats(zeros(shape(parameter)), shape(parameter)),
      gradOutput(parameter),
    );
  }
  const model = buildModel({
    nodes: writer.nodes,
    inputs: [
      valueInfo(OUTPUT_GRAD, shape(output)),
      ...[...saved].map((value) => valueInfo(value, shape(value), elementTypeNumber(options.type?.(value)))),
    ],
    outputs: parameters.map((parameter) => valueInfo(gradOutput(parameter), shape(parameter))),
    initializers: [...writer.constants, ...frozenValues.values()],
  });
  return { model: OnnxModel.of(model, "the gradient graph"), saved: [...saved] };
}

/** A gradient graph, differentiated again, would have names twice. */
function requireFreeNames(nodes: readonly NodeProto[]): void {
  const taken = nodes.flatMap(valuesRead).find((value) => value.startsWith(GRADIENT_PREFIX));
  if (taken === undefined) return;
  const reason = `its value '${taken}' has a name that begins like those of the gradient graph`;
  throw new PixelgradError("MODEL_UNSUPPORTED", `The model cannot be differentiated: ${reason}. Rename it.`, {
    model: "the model",
    reason,
  });
}

function zeros(dims: readonly number[]): Float32Array {
  return new Float32Array(elementCount(dims));
}

function unsupported(blocking: NodeProto, nearestCut: string): PixelgradError {
  const { opType, domain, name, output } = blocking;
  const node = name || (output[0] as string);
  const op = domain === "" ? opType : `${domain}.${opType}`;
  const hint = simplifyHint(blocking);
  return new PixelgradError(
    "GRADIENT_UNSUPPORTED",
    `${op} '${node}' lies between a trainable weight and the output, and has no gradient rule: ${hint === undefined ? "" : `${hint}; otherwise `}${nearestCut}.`,
    { op, node },
  );
}

/** What a rule refused, with the cut that avoids it. */
function refused(cause: unknown, nearestCut: string): unknown {
  if (!(cause instanceof PixelgradError) || cause.code !== "GRADIENT_UNSUPPORTED") return cause;
  const context = cause.context as { readonly op: string; readonly node: string };
  return new PixelgradError(
    "GRADIENT_UNSUPPORTED",
    `${cause.message.replace(/\.$/, "")}; ${nearestCut}.`,
    context,
    { cause },
  );
}
