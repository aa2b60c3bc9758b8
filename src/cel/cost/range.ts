// Sizes and costs before evaluation: a least and a greatest. Arithmetic stops at 2^64, which stands for "unknown".

export interface Range {
  readonly min: number;
  readonly max: number;
}
export const unlimited = 2 ** 64;
const capped = (value: number): number => (value > unlimited ? unlimited : value);

export const fixed = (value: number): Range => ({ min: value, max: value });
export const unknownSize: Range = { min: 0, max: unlimited };
export const zero = fixed(0);
export const one = fixed(1);

export const plus = (...ranges: readonly Range[]): Range => {
  let min = 0;
  let max = 0;
  for (const range of ranges) {
    min = capped(min + range.min);
    max = capped(max + range.max);
  }
  return { min, max };
};
export const times = (a: Range, b: Range): Range => ({ min: capped(a.min * b.min), max: capped(a.max * b.max) });
/** Rounded up. */
export const scaled = ({ min, max }: Range, factor: number): Range => ({
  min: capped(Math.ceil(min * factor)),
  max: max >= unlimited && factor < 1 ? Math.ceil(unlimited * factor) : capped(Math.ceil(max * factor)),
});
export const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });

/** Going once through a text costs this for each character. */
export const textFactor = 0.1;
/** Applying a regular expression costs this for each of its characters, for a text of cost 1. */
export const regexFactor = 0.25;
export const listCost = 10;
export const mapCost = 30;
export const structCost = 40;
