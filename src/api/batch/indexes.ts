// The indexes of an Indexed Job as its status and success policy list them: "1,3-5,7", in rising order.

export interface IndexRange {
  readonly from: number;
  readonly to: number;
}
/** The ranges of a text, or what is wrong with it; every index must be below `completions`. */
export type IndexList = { readonly ranges: readonly IndexRange[] } | { readonly problem: string };

export function parseIndexes(text: string, completions: number): IndexList {
  const ranges: IndexRange[] = [];
  if (text === "") return { ranges };
  for (const part of text.split(",")) {
    const range = parseRange(part, completions);
    if ("problem" in range) return range;
    const before = ranges.at(-1);
    if (before && before.to >= range.from)
      return { problem: `non-increasing order, previous: ${before.to}, current: ${range.from}` };
    ranges.push(range);
  }
  return { ranges };
}
export const countIndexes = (ranges: readonly IndexRange[]): number =>
  ranges.reduce((total, { from, to }) => total + to - from + 1, 0);

function parseRange(text: string, completions: number): IndexRange | { problem: string } {
  const parts = text.split("-");
  const shown = JSON.stringify(text);
  if (parts.length > 2)
    return {
      problem: `the fragment ${shown} violates the requirement that an index interval can have at most two parts separated by '-'`,
    };
  const numbers: number[] = [];
  for (const part of parts) {
    const number = /^[+-]?\d+$/.test(part) ? Number(part) : NaN;
    if (Number.isNaN(number)) return { problem: `cannot convert string to integer for index: ${JSON.stringify(part)}` };
    if (number >= completions) return { problem: `too large index: ${JSON.stringify(part)}` };
    numbers.push(number);
  }
  const [from = 0, to = from] = numbers;
  if (parts.length > 1 && from >= to) return { problem: `non-increasing order, previous: ${from}, current: ${to}` };
  return { from, to };
}

/** The first index that is in both lists; parts that cannot be read are passed over. */
export function firstOverlap(a: string, b: string, completions: number): number | undefined {
  const readable = (text: string): IndexRange[] =>
    text.split(",").flatMap((part) => {
      const range = parseRange(part, completions);
      return "problem" in range ? [] : [range];
    });
  const [left, right] = [readable(a), readable(b)];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const [x, y] = [left[i]!, right[j]!];
    if (x.from <= y.to && y.from <= x.to) return Math.max(x.from, y.from);
    if (x.from <= y.from) i++;
    else j++;
  }
  return undefined;
}
