/** How each field of the schema is laid out in a file. @module */
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { TensorProtoSchema } from "./onnx_pb.ts";

/** Wire types of protobuf; groups are not of this format. */
export const wire = { varint: 0, bit64: 1, bytes: 2, bit32: 5 } as const;

/** How a field of the schema is read. `run` is numbers of a tensor, which are to be one packed run. */
export interface FieldPlan {
  readonly kind: "message" | "text" | "slice" | "number" | "run";
  readonly child: MessagePlan | undefined;
  /** The wire type of one element. */
  readonly element: number;
  readonly packable: boolean;
}

export type MessagePlan = Map<number, FieldPlan>;

const plans = new Map<DescMessage, MessagePlan>();

/** What the schema says of each field of a message, by field number. */
export function planOf(message: DescMessage): MessagePlan {
  const known = plans.get(message);
  if (known !== undefined) return known;
  const plan: MessagePlan = new Map();
  plans.set(message, plan);
  for (const field of message.fields) plan.set(field.number, fieldPlan(message, field));
  return plan;
}

/** Elements of the number fields of a tensor, by field number: the schema calls them bytes. */
const runs = new Map<number, number>([
  [4, wire.bit32],
  [5, wire.varint],
  [7, wire.varint],
  [10, wire.bit64],
  [11, wire.varint],
]);

function fieldPlan(message: DescMessage, field: DescField): FieldPlan {
  const run = message === TensorProtoSchema ? runs.get(field.number) : undefined;
  if (run !== undefined) return { kind: "run", child: undefined, element: run, packable: true };
  const plan = { child: undefined, element: wire.bytes as number, packable: false };
  if (field.message !== undefined) return { ...plan, kind: "message", child: planOf(field.message) };
  if (field.scalar === ScalarType.STRING) return { ...plan, kind: "text" };
  if (field.scalar === ScalarType.BYTES) return { ...plan, kind: "slice" };
  const element = field.scalar === ScalarType.FLOAT ? wire.bit32 : wire.varint;
  return { kind: "number", child: undefined, element, packable: field.fieldKind === "list" };
}
