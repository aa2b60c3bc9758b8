// The rest of the standard library: size, tests on texts, regular expressions, and the parts of times and durations.
import { affixCost, containsCost, regexCost } from "../cost/calls.ts";
import { fail, noSuchOverload } from "../failure.ts";
import type { FunctionDeclaration, Library } from "../library.ts";
import { declarer, overload } from "../library.ts";
import { standardMacros } from "../syntax/macro.ts";
import { sizeOf } from "../text.ts";
import { calendar, dateIn, durationSeconds } from "../time.ts";
import { intOf, ListValue, MapValue } from "../value.ts";
import type { Duration, Timestamp, Value } from "../value.ts";
import { conversions } from "./conversions.ts";
import { operators } from "./operators.ts";
import { compileRegex } from "./pattern.ts";

const declare = declarer();
const sizeOfOther = (value: ListValue | MapValue): number => value.size;
function sizeOfAny(value: Value): number {
  if (typeof value === "string") return sizeOf(value);
  if (value instanceof Uint8Array) return value.length;
  return value instanceof ListValue || value instanceof MapValue ? value.size : fail("no such overload: size");
}
const sizeOfBytes = (value: Uint8Array): number => value.length;
const matches = (text: string, pattern: string): boolean => compileRegex(pattern).matcher(text).find();

const durationParts: Readonly<Record<string, (duration: Duration) => number | bigint>> = {
  getHours: (duration) => Math.trunc(durationSeconds(duration) / 3600),
  getMinutes: (duration) => Math.trunc(durationSeconds(duration) / 60),
  getSeconds: (duration) => Math.trunc(durationSeconds(duration)),
  getMilliseconds: (duration) => intOf(duration.nanos / 1_000_000n),
};
/** Ids of the fields of a time; most are regular. */
const partIds: Readonly<Record<string, string>> = {
  getFullYear: "year",
  getMonth: "month",
  getDayOfYear: "day_of_year",
  getDayOfMonth: "day_of_month",
  getDate: "day_of_month_1_based",
  getDayOfWeek: "day_of_week",
  getHours: "hours",
  getMinutes: "minutes",
  getSeconds: "seconds",
  getMilliseconds: "milliseconds",
};
const timeParts: readonly FunctionDeclaration[] = Object.entries(partIds).map(([name, part]) => {
  const field = calendar[name]!;
  const id = `timestamp_to_${part}`;
  const duration = durationParts[name];
  return declare(name, [
    overload(id, "timestamp.() -> int", (time: Timestamp) => field(dateIn(time), time)),
    overload(
      part === "seconds" ? `${id}_tz` : `${id}_with_tz`,
      "timestamp.(string) -> int",
      (time: Timestamp, zone: string) => field(dateIn(time, zone), time),
    ),
    ...(duration ? [overload(`duration_to_${part}`, "duration.() -> int", duration)] : []),
  ]);
});

export const standardLibrary: Library = {
  name: "standard",
  macros: standardMacros,
  functions: [
    ...operators.functions!,
    ...conversions.functions!,
    declare(
      "size",
      [
        overload("size_bytes", "(bytes) -> int", sizeOfBytes),
        overload("bytes_size", "bytes.() -> int", sizeOfBytes),
        overload("size_list", "(list(A)) -> int", sizeOfOther),
        overload("list_size", "list(A).() -> int", sizeOfOther),
        overload("size_map", "(map(A, B)) -> int", sizeOfOther),
        overload("map_size", "map(A, B).() -> int", sizeOfOther),
        overload("size_string", "(string) -> int", sizeOf),
        overload("string_size", "string.() -> int", sizeOf),
      ],
      sizeOfAny,
    ),
    declare(
      "contains",
      [
        overload(
          "contains_string",
          "string.(string) -> bool",
          (text: string, part: string) => text.includes(part),
          containsCost,
        ),
      ],
      noSuchOverload,
    ),
    declare(
      "endsWith",
      [
        overload(
          "ends_with_string",
          "string.(string) -> bool",
          (text: string, end: string) => text.endsWith(end),
          affixCost,
        ),
      ],
      noSuchOverload,
    ),
    declare(
      "startsWith",
      [
        overload(
          "starts_with_string",
          "string.(string) -> bool",
          (text: string, start: string) => text.startsWith(start),
          affixCost,
        ),
      ],
      noSuchOverload,
    ),
    declare(
      "matches",
      [
        overload("matches", "(string, string) -> bool", matches),
        overload("matches_string", "string.(string) -> bool", matches, regexCost()),
      ],
      noSuchOverload,
    ),
    ...timeParts,
  ],
};
