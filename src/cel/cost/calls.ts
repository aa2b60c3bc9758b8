// What calls cost: rules that many functions share, each at run time and as an estimate. The factors and rules are
// upstream's, because an expression may only be written if its estimate is low enough.
import type { CallCost } from "../library.ts";
import type { Value } from "../value.ts";
import type { CallNode, SizedNode } from "./node.ts";
import { fixed, one, plus, regexFactor, scaled, textFactor, times, union, unknownSize } from "./range.ts";
import type { Range } from "./range.ts";
import { comparison, costSize, deepTraversal, traversal } from "./size.ts";

const subject = (call: CallNode): SizedNode | undefined => call.target ?? call.args[0];
export const sizeOf = (node: SizedNode | undefined): Range => node?.size ?? unknownSize;

/** One, whatever the arguments. */
export const nominal: CallCost = { actual: () => 1, estimate: () => ({ cost: one }) };
export const constantCost = (cost: number): CallCost => ({
  actual: () => cost,
  estimate: () => ({ cost: fixed(cost) }),
});
/** Goes `times` over its text. The result is as long as the text where `keepsSize` says so. */
export const textCost = (rounds = 1, keepsSize = false): CallCost => ({
  actual: ([text]) => (rounds === 1 ? traversal(text!) : Math.ceil(costSize(text!) * rounds * textFactor)),
  estimate: (call) => {
    const size = sizeOf(subject(call));
    return { cost: scaled(size, rounds * textFactor), ...(keepsSize && { size }) };
  },
});
/** startsWith and endsWith: in fact over the text, in the estimate over the part that is looked for. */
export const affixCost: CallCost = {
  actual: ([text]) => traversal(text!),
  estimate: ({ args }) => ({ cost: scaled(sizeOf(args[0]), textFactor) }),
};
export const containsCost: CallCost = {
  actual: ([text, part]) => traversal(text!) * traversal(part!),
  estimate: ({ target, args }) =>
    target && { cost: times(scaled(target.size, textFactor), scaled(sizeOf(args[0]), textFactor)) },
};
/** Text times expression; `found` says that up to as many results come out as there are characters. */
export const regexCost = (found = false): CallCost => ({
  actual: ([text, pattern]) =>
    Math.ceil((1 + costSize(text!)) * textFactor) * Math.ceil(costSize(pattern!) * regexFactor),
  estimate: ({ target, args }) => {
    if (!target) return undefined;
    const cost = times(scaled(plus(target.size, one), textFactor), scaled(sizeOf(args[0]), regexFactor));
    return found ? { cost, size: { min: 0, max: target.size.max } } : { cost };
  },
});
/** Equality and order of texts, bytes and everything else that has a size. */
export const comparisonCost: CallCost = {
  actual: ([a, b]) => comparison(a!, b!),
  estimate: ({ target, args }) => {
    const [a, b] = target ? [target, args[0]] : args;
    const max = Math.min(sizeOf(a).max, sizeOf(b).max);
    return { cost: scaled({ min: max > 0 ? 1 : 0, max }, textFactor) };
  },
};
/** Joining two texts writes both anew. */
export const concatenationCost: CallCost = {
  actual: ([a, b]) => Math.ceil((costSize(a!) + costSize(b!)) * textFactor),
  estimate: ({ args }) => {
    const size = plus(sizeOf(args[0]), sizeOf(args[1]));
    return { cost: scaled(size, textFactor), size };
  },
};
export const listConcatenationCost: CallCost = {
  actual: () => 1,
  estimate: ({ args }) => ({ cost: one, size: plus(sizeOf(args[0]), sizeOf(args[1])) }),
};
export const membershipCost: CallCost = {
  actual: ([, list]) => costSize(list!),
  estimate: ({ args }) => ({ cost: scaled(sizeOf(args[1]), 1) }),
};

/** Goes once through a list and what is in it: sum, min, indexOf … On a text it goes through the text. */
export const elementsCost: CallCost = {
  actual: ([list]) => deepTraversal(list!),
  estimate: ({ target }) => {
    if (!target) return undefined;
    if (!target.items) return { cost: scaled(target.size, textFactor) };
    const { kind } = target.items.type;
    const sized = kind === "string" || kind === "bytes";
    const each = sized ? plus(one, scaled(target.items.size, textFactor)) : one;
    return { cost: times(target.size, each) };
  },
};
/** Compares each of one list with each of the other. */
export const setCost = (rounds: number): CallCost => ({
  actual: ([a, b]) => 1 + Math.trunc(costSize(a!) * costSize(b!) * rounds),
  estimate: ({ args }) => ({ cost: plus(scaled(times(sizeOf(args[0]), sizeOf(args[1])), rounds), one) }),
});

/** A call that makes a list, `factor` for each item, on top of the list's own cost. */
export const madeListEstimate = (factor: number, size: Range) => ({
  cost: plus(scaled(size, factor), fixed(11)),
  size,
});
export const madeListCost = (factor: number, size: number): number => Math.trunc(size * factor) + 11;
/** Reverse, range, slice: as long as the result. */
export const outputCost = (estimate: (call: CallNode) => Range): CallCost => ({
  actual: (_, result) => madeListCost(1, costSize(result)),
  afterwards: true,
  estimate: (call) => madeListEstimate(1, estimate(call)),
});
/** Sorting and distinct compare each item with each other. */
export const selfCompareCost = (list: 0 | 1): CallCost => ({
  actual: (args) => {
    const items = args[list] as Iterable<Value> & { size: number; at(index: number): Value };
    const first = items.size ? items.at(0) : null;
    const texts = typeof first === "string" || first instanceof Uint8Array;
    return madeListCost(texts ? 2 + textFactor : 2, items.size * items.size);
  },
  estimate: ({ target, args }) => {
    const node = list === 0 ? target : args[0];
    const kind = node?.type.kind === "list" ? node.type.elem.kind : undefined;
    const pairs = times(sizeOf(node), sizeOf(node));
    const plain = madeListEstimate(2, pairs);
    const asTexts = madeListEstimate(2 + textFactor, pairs);
    if (kind === "dyn") return { ...plain, cost: union(plain.cost, asTexts.cost) };
    return kind === "string" || kind === "bytes" ? asTexts : plain;
  },
});
