// Paths: variables, fields, indices, has() and their optional forms. A field of a known object type is read straight
// from its JSON; everything else goes through the value.
import { fail } from "../failure.ts";
import { converterOf, JsonRecord, own } from "../shape.ts";
import { isOptional } from "../type.ts";
import type { CelType } from "../type.ts";
import { plainText } from "../value-text.ts";
import { Double, ListValue, MapValue, none, OptionalValue, runtimeName, Uint } from "../value.ts";
import type { Value } from "../value.ts";
import { charge, pathOf } from "./frame.ts";
import type { Code, Planned } from "./frame.ts";

const noSuchKey = (key: Value): never => fail(`no such key: ${plainText(key)}`);

/** The position that an index means; numbers of all kinds do, if they are whole. */
function positionOf(index: Value): number {
  if (typeof index === "number") return index;
  if (index instanceof Uint || typeof index === "bigint") return Number(index instanceof Uint ? index.value : index);
  if (index instanceof Double && Number.isInteger(index.value)) return index.value;
  return fail(`unsupported index type '${runtimeName(index)}' in list`);
}
/** The element or entry; undefined where there is none. */
function find(value: Value, key: Value): Value | undefined {
  if (value instanceof MapValue) return value.find(key);
  if (!(value instanceof ListValue)) return undefined;
  const position = positionOf(key);
  return position >= 0 && position < value.size ? value.at(position) : undefined;
}
function get(value: Value, key: Value): Value {
  if (value instanceof OptionalValue) return findOptional(value, key);
  const found = find(value, key);
  if (found !== undefined) return found;
  return value instanceof ListValue ? fail(`index out of bounds: ${plainText(key)}`) : noSuchKey(key);
}
function findOptional(value: Value, key: Value): OptionalValue {
  const inner = value instanceof OptionalValue ? value.value : value;
  const found = inner === undefined ? undefined : find(inner, key);
  return found === undefined ? none : new OptionalValue(found);
}

/** The operand's code as the start of a longer path; what is no path itself costs one more for becoming one. */
const baseOf = (operand: Planned): Code => operand.bare ?? operand.code;
const extended = (operand: Planned, bare: Code): Planned =>
  operand.conditional ? { bare, code: bare, conditional: true } : pathOf(bare);

export function planField(operand: Planned, type: CelType, name: string, strict: boolean): Planned {
  if (isOptional(type)) return planOptional(operand, () => name, strict);
  const base = baseOf(operand);
  const general = (value: Value): Value => get(value, name);
  const field = type.kind === "object" ? type.field?.(name) : undefined;
  if (!field)
    return extended(operand, (frame) => {
      const value = base(frame);
      charge(frame, 1);
      return general(value);
    });
  const { jsonName } = field;
  const convert = converterOf(field.type);
  return extended(operand, (frame) => {
    const value = base(frame);
    charge(frame, 1);
    if (!(value instanceof JsonRecord && value.type === type)) return general(value);
    const raw = own(value.raw, jsonName);
    return raw === undefined || raw === null ? noSuchKey(name) : convert(raw);
  });
}

export function planIndex(operand: Planned, type: CelType, index: Planned, strict: boolean): Planned {
  const key = index.bare ?? index.code;
  if (isOptional(type)) return planOptional(operand, key, strict);
  const base = baseOf(operand);
  return extended(operand, (frame) => {
    const value = base(frame);
    const found = key(frame);
    charge(frame, 1);
    if (typeof found === "number" && value instanceof ListValue && found >= 0 && found < value.size)
      return value.at(found);
    return get(value, found);
  });
}
/**
 * `a.?b` and `a[?b]`, and what follows them: an absent element is none and costs nothing. `strict`: what can have no
 * elements is an error.
 */
export function planOptional(operand: Planned, key: Code, strict = false): Planned {
  const base = baseOf(operand);
  return extended(operand, (frame) => {
    const value = base(frame);
    const inner = value instanceof OptionalValue ? value.value : value;
    if (inner === undefined) return none;
    const wanted = key(frame);
    if (strict && !(inner instanceof MapValue || inner instanceof ListValue)) return noSuchKey(wanted);
    const found = findOptional(inner, wanted);
    if (found.value !== undefined) charge(frame, 1);
    return found;
  });
}
/** has(operand.name). */
export function planPresence(operand: Planned, name: string): Planned {
  const base = baseOf(operand);
  const cost = operand.conditional ? 0 : 1;
  const code: Code = (frame) => {
    const value = base(frame);
    charge(frame, cost);
    return findOptional(value, name).value !== undefined;
  };
  return { code, bare: code };
}
