// Functions named after types: they turn values of one type into another, or fail.
import { textCost } from "../cost/calls.ts";
import { scaled, textFactor } from "../cost/range.ts";
import { fail } from "../failure.ts";
import type { CallCost, Library } from "../library.ts";
import { declarer, overload } from "../library.ts";
import { doubleText, doubleToInt, doubleToUint, checkedUint, readDouble, readInt, readUint } from "../number.ts";
import { decodeText, encodeText } from "../text.ts";
import { durationText, readDuration, readTimestamp, timestampOf, timestampText } from "../time.ts";
import { Double, Duration, intOf, runtimeName, Timestamp, TypeValue, Uint } from "../value.ts";
import type { Int, Value } from "../value.ts";

const declare = declarer();
const same = (value: Value): Value => value;
const unreadable = (from: string, to: string): never => fail(`type conversion error from '${from}' to '${to}'`);

const trueTexts = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falseTexts = new Set(["0", "f", "F", "FALSE", "false", "False"]);
const readBool = (text: string): boolean =>
  trueTexts.has(text) || (falseTexts.has(text) ? false : unreadable("string", "bool"));

const toUint = (value: Int): Uint => checkedUint(BigInt(value));
const secondsOf = (value: Int): Timestamp =>
  typeof value === "number" ? timestampOf(value, 0) : fail("timestamp overflow");

const toBytesCost: CallCost = {
  ...textCost(),
  estimate: ({ args: [text] }) =>
    text && { cost: scaled(text.size, textFactor), size: { min: text.size.min, max: text.size.max * 4 } },
};
const toTextCost: CallCost = {
  ...textCost(),
  estimate: ({ args: [bytes] }) =>
    bytes && {
      cost: scaled(bytes.size, textFactor),
      size: { min: Math.trunc(bytes.size.min / 4), max: bytes.size.max },
    },
};

export const conversions: Library = {
  name: "conversions",
  functions: [
    declare("bool", [
      overload("bool_to_bool", "(bool) -> bool", same),
      overload("string_to_bool", "(string) -> bool", readBool),
    ]),
    declare("bytes", [
      overload("bytes_to_bytes", "(bytes) -> bytes", same),
      overload("string_to_bytes", "(string) -> bytes", encodeText, toBytesCost),
    ]),
    declare("double", [
      overload("double_to_double", "(double) -> double", same),
      overload("int64_to_double", "(int) -> double", (value: Int) => new Double(Number(value))),
      overload(
        "string_to_double",
        "(string) -> double",
        (text: string) => readDouble(text) ?? unreadable("string", "double"),
      ),
      overload("uint64_to_double", "(uint) -> double", (value: Uint) => new Double(Number(value.value))),
    ]),
    declare("duration", [
      overload("duration_to_duration", "(duration) -> duration", same),
      overload("int64_to_duration", "(int) -> duration", () => unreadable("int", "google.protobuf.Duration")),
      overload(
        "string_to_duration",
        "(string) -> duration",
        (text: string) => readDuration(text) ?? unreadable("string", "google.protobuf.Duration"),
      ),
    ]),
    declare("dyn", [overload("to_dyn", "(A) -> dyn", same)]),
    declare("int", [
      overload("int64_to_int64", "(int) -> int", same),
      overload("double_to_int64", "(double) -> int", (value: Double) => doubleToInt(value.value)),
      overload("duration_to_int64", "(duration) -> int", (value: Duration) => intOf(value.nanos)),
      overload("string_to_int64", "(string) -> int", (text: string) => readInt(text) ?? unreadable("string", "int")),
      overload("timestamp_to_int64", "(timestamp) -> int", (value: Timestamp) => value.seconds),
      overload("uint64_to_int64", "(uint) -> int", (value: Uint) =>
        value.value < 1n << 63n ? intOf(value.value) : fail("integer overflow"),
      ),
    ]),
    declare("string", [
      overload("string_to_string", "(string) -> string", same),
      overload("bool_to_string", "(bool) -> string", String),
      overload(
        "bytes_to_string",
        "(bytes) -> string",
        (bytes: Uint8Array) => decodeText(bytes) ?? fail("invalid UTF-8 in bytes, cannot convert to string"),
        toTextCost,
      ),
      overload("double_to_string", "(double) -> string", (value: Double) => doubleText(value.value)),
      overload("duration_to_string", "(duration) -> string", durationText),
      overload("int64_to_string", "(int) -> string", String),
      overload("timestamp_to_string", "(timestamp) -> string", timestampText),
      overload("uint64_to_string", "(uint) -> string", (value: Uint) => String(value.value)),
    ]),
    declare("timestamp", [
      overload("timestamp_to_timestamp", "(timestamp) -> timestamp", same),
      overload("int64_to_timestamp", "(int) -> timestamp", secondsOf),
      overload(
        "string_to_timestamp",
        "(string) -> timestamp",
        (text: string) => readTimestamp(text) ?? unreadable("string", "google.protobuf.Timestamp"),
      ),
    ]),
    declare("type", [overload("type", "(A) -> type(A)", (value: Value) => new TypeValue(runtimeName(value)))]),
    declare("uint", [
      overload("uint64_to_uint64", "(uint) -> uint", same),
      overload("double_to_uint64", "(double) -> uint", (value: Double) => doubleToUint(value.value)),
      overload("int64_to_uint64", "(int) -> uint", toUint),
      overload(
        "string_to_uint64",
        "(string) -> uint",
        (text: string) => readUint(text) ?? unreadable("string", "uint"),
      ),
    ]),
  ],
};
