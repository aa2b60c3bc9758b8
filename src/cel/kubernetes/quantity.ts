// Kubernetes: quantities ("1.5Gi") as values.
import { parseQuantity, QuantityError } from "#api/quantity.ts";
import type { Quantity } from "#api/quantity.ts";
import { nominal, textCost } from "../cost/calls.ts";
import { fail } from "../failure.ts";
import { declarer, overload } from "../library.ts";
import type { Library } from "../library.ts";
import { maxInt, minInt } from "../number.ts";
import { handleType } from "../type.ts";
import { Double, ExtensionValue, intOf } from "../value.ts";
import type { Int, Value } from "../value.ts";

const quantityType = handleType("kubernetes.Quantity");
const unit = 1_000_000_000n;

export class QuantityValue extends ExtensionValue {
  readonly type = quantityType;
  readonly nano: bigint;
  /** Upstream: only what is written as a whole number in few digits turns into an integer, whatever the amount is. */
  readonly isWhole: boolean;
  constructor(nano: bigint, isWhole: boolean) {
    super();
    this.nano = nano;
    this.isWhole = isWhole;
  }
  equals(other: Value): boolean {
    return other instanceof QuantityValue && this.nano === other.nano;
  }
}
const read = (text: string): Quantity | QuantityError => {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return error;
    throw error;
  }
};
function quantity(text: string): QuantityValue {
  const found = read(text);
  return found instanceof QuantityError ? fail(found.message) : new QuantityValue(found.nano, isWhole(text));
}
const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
/** Whether upstream's quick parser takes the text, and finds no fraction in it. */
function isWhole(text: string): boolean {
  const [, leading = "", fraction = "", suffix = ""] = /^[+-]?(\d*)(?:\.(\d*))?(.*)$/s.exec(text) ?? [];
  const digits = leading.replace(/^0+/, "").length;
  const binary = "KMGTPE".indexOf(suffix.charAt(0)) + 1;
  if (suffix.endsWith("i")) return fraction === "" && 15 - Math.max(digits, 1) - binary * 3 - 1 >= 0;
  const exponent = decimalExponents[suffix] ?? Number(suffix.slice(1));
  return digits + fraction.length <= 18 && exponent >= fraction.length;
}
const asInteger = ({ nano, isWhole }: QuantityValue): Int | undefined => {
  const value = nano / unit;
  return isWhole && value >= minInt && value <= maxInt ? intOf(value) : undefined;
};
const order = (a: QuantityValue, b: QuantityValue): number => (a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0);
function sum(a: QuantityValue, nano: bigint, whole: boolean): QuantityValue {
  const isWhole = nano === 0n ? a.isWhole : a.nano === 0n ? whole : a.isWhole && whole;
  return new QuantityValue(a.nano + nano, isWhole);
}

const types = { quantity: quantityType };
const declare = declarer(types);
const q = "quantity";
export const quantityLibrary: Library = {
  name: "kubernetes.quantity",
  types: [quantityType],
  functions: [
    declare("quantity", [overload("string_to_quantity", `(string) -> ${q}`, quantity, textCost())]),
    declare("isQuantity", [
      overload(
        "is_quantity_string",
        "(string) -> bool",
        (text: string) => !(read(text) instanceof QuantityError),
        textCost(),
      ),
    ]),
    declare("sign", [
      overload(
        "quantity_sign",
        `(${q}) -> int`,
        ({ nano }: QuantityValue) => (nano > 0n ? 1 : nano < 0n ? -1 : 0),
        nominal,
      ),
    ]),
    declare("isGreaterThan", [
      overload("quantity_is_greater_than", `${q}.(${q}) -> bool`, (a, b) => order(a, b) > 0, nominal),
    ]),
    declare("isLessThan", [
      overload("quantity_is_less_than", `${q}.(${q}) -> bool`, (a, b) => order(a, b) < 0, nominal),
    ]),
    declare("compareTo", [overload("quantity_compare_to", `${q}.(${q}) -> int`, order, nominal)]),
    declare("asApproximateFloat", [
      overload(
        "quantity_get_float",
        `${q}.() -> double`,
        ({ nano }: QuantityValue) => new Double(nano % unit === 0n ? Number(nano / unit) : Number(nano) / 1e9),
        nominal,
      ),
    ]),
    declare("asInteger", [
      overload(
        "quantity_get_int",
        `${q}.() -> int`,
        (value: QuantityValue) => asInteger(value) ?? fail("cannot convert value to integer"),
        nominal,
      ),
    ]),
    declare("isInteger", [
      overload(
        "quantity_is_integer",
        `${q}.() -> bool`,
        (value: QuantityValue) => asInteger(value) !== undefined,
        nominal,
      ),
    ]),
    declare("add", [
      overload(
        "quantity_add",
        `${q}.(${q}) -> ${q}`,
        (a: QuantityValue, b: QuantityValue) => sum(a, b.nano, b.isWhole),
        nominal,
      ),
      overload(
        "quantity_add_int",
        `${q}.(int) -> ${q}`,
        (a: QuantityValue, b: Int) => sum(a, BigInt(b) * unit, true),
        nominal,
      ),
    ]),
    declare("sub", [
      overload(
        "quantity_sub",
        `${q}.(${q}) -> ${q}`,
        (a: QuantityValue, b: QuantityValue) => sum(a, -b.nano, b.isWhole),
        nominal,
      ),
      overload(
        "quantity_sub_int",
        `${q}.(int) -> ${q}`,
        (a: QuantityValue, b: Int) => sum(a, -BigInt(b) * unit, true),
        nominal,
      ),
    ]),
  ],
};
