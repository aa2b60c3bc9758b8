// Resource quantities ("100m", "1Gi", "1e3"): exact to one billionth, in the notation they were written in. Amounts are
// BigInt; a bounded memo of parsed texts makes the few spellings that a cluster uses cheap.

export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";
export interface Quantity {
  /** Billionths. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
  /** The text to print where upstream keeps what was written instead of the shortest form. */
  readonly text?: string;
}

/** The message is upstream's. */
export class QuantityError extends Error {}
const wrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const binaryMax = (1n << 63n) - 1n;
const one = 1_000_000_000n;
/** Beyond any use, and small enough to compute with. */
const maxExponent = 60;

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}
function suffixOf(text: string): Suffix {
  const decimal = decimalSuffixes.indexOf(text);
  if (decimal >= 0) return { base: 10, exponent: decimal * 3 - 9, format: "DecimalSI" };
  const binary = binarySuffixes.indexOf(text);
  if (binary > 0) return { base: 2, exponent: binary * 10, format: "BinarySI" };
  if (/^[eE][-+]?[0-9]+$/.test(text)) {
    const exponent = Number(text.slice(1));
    if (Math.abs(exponent) <= maxExponent) return { base: 10, exponent, format: "DecimalExponent" };
  }
  throw new QuantityError("unable to parse quantity's suffix");
}

const memo = new Map<string, Quantity>();
const memoLimit = 4096;

/** Throws QuantityError. A JSON number is taken as its decimal text. */
export function parseQuantity(value: string | number): Quantity {
  const text = typeof value === "number" ? String(value) : value;
  const known = memo.get(text);
  if (known) return known;
  const parsed = parse(text);
  if (memo.size >= memoLimit) memo.clear();
  if (text.length <= 32) memo.set(text, parsed);
  return parsed;
}

function parse(text: string): Quantity {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text);
  if (!text || !match) throw new QuantityError(wrongFormat);
  const [, sign, whole = "", fraction = "", suffixText = ""] = match;
  const suffix = suffixOf(suffixText);
  if (whole.length + fraction.length > 100) throw new QuantityError("unable to parse numeric part of quantity");
  const digits = BigInt(whole + fraction || "0");
  const decimalScale = (suffix.base === 10 ? suffix.exponent : 0) - fraction.length;
  const amount = shift(suffix.base === 2 ? digits << BigInt(suffix.exponent) : digits, decimalScale + 9);
  return finish(text, sign === "-", amount, suffix, whole, fraction);
}

/** amount × 10^places; what lies below the last place rounds up, because who asks for a little shall get a little. */
function shift(amount: bigint, places: number): bigint {
  if (places >= 0) return amount * 10n ** BigInt(places);
  const divisor = 10n ** BigInt(-places);
  return (amount + divisor - 1n) / divisor;
}

function finish(
  text: string,
  negative: boolean,
  amount: bigint,
  suffix: Suffix,
  whole: string,
  fraction: string,
): Quantity {
  const binary = suffix.format === "BinarySI";
  const capped = binary && amount > binaryMax * one ? binaryMax * one : amount;
  const format = binary && capped > 0n && capped < one ? "DecimalSI" : suffix.format;
  const nano = negative ? -capped : capped;
  return keepsText(suffix, whole.replace(/^0+/, ""), fraction) ? { nano, format, text } : { nano, format };
}

/** Upstream: a text that its quick parser takes for canonical is kept as written, be it "1.500" or "+5". */
function keepsText(suffix: Suffix, whole: string, fraction: string): boolean {
  const digits = whole + fraction;
  if (suffix.format === "BinarySI") {
    const precision = 15 - Math.max(whole.length, 1) - Math.floor((suffix.exponent * 3) / 10) - 1;
    return !fraction && precision >= 0 && (BigInt(digits || "0") & 7n) !== 0n;
  }
  const scale = suffix.exponent - fraction.length;
  return digits.length <= 18 && scale >= -9 && scale % 3 === 0 && !digits.endsWith("000") && whole !== "";
}

/** The canonical text: no fraction, the largest suffix that stays exact. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  const { nano, format } = quantity;
  if (nano === 0n) return "0";
  if (format === "BinarySI" && nano % one === 0n && (nano >= 1024n * one || nano <= -1024n * one)) {
    let amount = nano / one;
    let step = 0;
    for (; step < binarySuffixes.length - 1 && amount % 1024n === 0n; step++) amount /= 1024n;
    return `${amount}${binarySuffixes[step]!}`;
  }
  return formatDecimal(nano, format === "DecimalExponent");
}
function formatDecimal(nano: bigint, exponential: boolean): string {
  let amount = nano;
  let step = 0;
  for (; (exponential || step < decimalSuffixes.length - 1) && amount % 1000n === 0n; step++) amount /= 1000n;
  const exponent = step * 3 - 9;
  if (exponential) return exponent === 0 ? String(amount) : `${amount}e${exponent}`;
  return `${amount}${decimalSuffixes[step]!}`;
}

/** The text as the server would write it back; throws QuantityError. */
export const canonicalQuantity = (value: string | number): string => formatQuantity(parseQuantity(value));

/** A quantity of so many whole units. */
export const quantityOf = (units: number | bigint, format: QuantityFormat = "DecimalSI"): string =>
  formatQuantity({ nano: BigInt(units) * one, format });
/** A quantity of so many thousandths, for CPU. */
export const quantityOfMilli = (milli: number | bigint): string =>
  formatQuantity({ nano: BigInt(milli) * 1_000_000n, format: "DecimalSI" });

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compareQuantity(a: string | number, b: string | number): number {
  if (a === b) return 0;
  const x = parseQuantity(a).nano;
  const y = parseQuantity(b).nano;
  return x < y ? -1 : x > y ? 1 : 0;
}
export const isZeroQuantity = (value: string | number): boolean => parseQuantity(value).nano === 0n;

const combine = (a: string | number, b: string | number, sign: 1n | -1n): string => {
  const x = parseQuantity(a);
  const y = parseQuantity(b);
  return formatQuantity({ nano: x.nano + sign * y.nano, format: x.nano === 0n ? y.format : x.format });
};
/** The notation is that of `a`, or of `b` when `a` is zero. */
export const addQuantity = (a: string | number, b: string | number): string => combine(a, b, 1n);
export const subtractQuantity = (a: string | number, b: string | number): string => combine(a, b, -1n);
/** "0" for none. */
export const sumQuantities = (values: Iterable<string | number>): string => {
  let sum = "0";
  for (const value of values) sum = addQuantity(sum, value);
  return sum;
};

const roundUp = (nano: bigint, unit: bigint): number => {
  const quotient = nano / unit;
  return Number(nano % unit === 0n ? quotient : nano > 0n ? quotient + 1n : quotient - 1n);
};
/** The nearest number: 0.5 for "500m". */
export function toNumber(value: string | number): number {
  const { nano } = parseQuantity(value);
  return nano % one === 0n ? Number(nano / one) : Number(nano) / 1e9;
}
/** Whole units; a fraction rounds away from zero, as upstream's Value(). */
export const integerValue = (value: string | number): number => roundUp(parseQuantity(value).nano, one);
/** Thousandths, rounded likewise, as upstream's MilliValue(). */
export const milliValue = (value: string | number): number => roundUp(parseQuantity(value).nano, 1_000_000n);
