// Values back into JSON, for what expressions compute: patches, objects to apply, results to show.
import { CelError, fail, Failure } from "./failure.ts";
import { JsonRecord } from "./shape.ts";
import { durationText, timestampText } from "./time.ts";
import {
  Double,
  Duration,
  ListValue,
  MapValue,
  OptionalValue,
  runtimeName,
  StructValue,
  Timestamp,
  Uint,
} from "./value.ts";
import type { Value } from "./value.ts";

/** Throws CelError for what has no JSON: types, quantities, maps with other keys than texts. */
export function toJson(value: Value): unknown {
  try {
    return convert(value);
  } catch (error) {
    throw error instanceof Failure ? new CelError(error.message, "failed", 0) : error;
  }
}
function convert(value: Value): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Double) return value.value;
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof Uint8Array) return value.toBase64();
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof ListValue) return [...value].map(convert);
  if (value instanceof JsonRecord) return value.raw;
  if (value instanceof StructValue) return fromEntries([...value.fields]);
  if (value instanceof MapValue) return fromEntries(value.keys().map((key) => [key, value.find(key) ?? null]));
  if (value instanceof OptionalValue && value.value !== undefined) return convert(value.value);
  return fail(`${runtimeName(value)} has no JSON form`);
}
function fromEntries(entries: readonly (readonly [Value, Value])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    if (typeof key !== "string") fail(`map key of type ${runtimeName(key)} is not string`);
    Object.defineProperty(object, key as string, {
      value: convert(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}
