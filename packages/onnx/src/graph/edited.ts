/** Changed copies of protobuf messages. @module */
import type { Message } from "@bufbuild/protobuf";

/**
 * A shallow copy of a message with some fields replaced; fields that the schema does not know stay. A spread would not
 * do: defaults of absent fields are on the prototype.
 */
export function edited<M extends Message>(message: M, changes: Partial<M>): M {
  return Object.assign(Object.create(Object.getPrototypeOf(message)) as M, message, changes);
}

/** A shallow copy of a message with some fields absent. Not for repeated fields, which are empty instead. */
export function without<M extends Message>(message: M, ...fields: readonly (keyof M)[]): M {
  const copy = edited(message, {});
  for (const field of fields) Reflect.deleteProperty(copy, field);
  return copy;
}
