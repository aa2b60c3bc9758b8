// Values as text: in the notation of the language, and as errors name a key.
import { quotedAsIs } from "#api/quoted.ts";
import { plainDigits } from "./number.ts";
import { compareText } from "./text.ts";
import { durationText, timestampText } from "./time.ts";
import {
  Double,
  Duration,
  ListValue,
  MapValue,
  OptionalValue,
  runtimeName,
  Timestamp,
  TypeValue,
  Uint,
} from "./value.ts";
import type { Value } from "./value.ts";

function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) return `double("${Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"}")`;
  const digits = plainDigits(value);
  return digits.includes(".") ? digits : `${digits}.0`;
}
const octal = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
function mapText(map: MapValue): string {
  const entries = map.keys().map((key) => [valueText(key), valueText(map.find(key) ?? null)] as const);
  const sorted = entries.sort(([a], [b]) => compareText(a, b));
  return `{${sorted.map(([key, value]) => `${key}: ${value}`).join(", ")}}`;
}
/** An expression that has this value, as far as there is one. */
export function valueText(value: Value): string {
  if (typeof value === "string") return quotedAsIs(value);
  if (value instanceof Double) return doubleLiteral(value.value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b"${octal(value)}"`;
  if (value instanceof Timestamp) return `timestamp("${timestampText(new Timestamp(value.seconds, value.nanos))}")`;
  if (value instanceof Duration) return `duration("${durationText(value)}")`;
  if (value instanceof TypeValue) return value.name;
  if (value instanceof ListValue) return `[${[...value].map(valueText).join(", ")}]`;
  if (value instanceof MapValue) return mapText(value);
  if (value instanceof OptionalValue)
    return value.value === undefined ? "optional.none()" : `optional.of(${valueText(value.value)})`;
  return typeof value === "object" && value !== null ? runtimeName(value) : String(value);
}
/** In errors: texts without quotes, numbers without suffix. */
export function plainText(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint) return String(value.value);
  return value instanceof Double ? plainDigits(value.value) : valueText(value);
}
