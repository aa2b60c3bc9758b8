// Numbers that carry a check digit.

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;
const compact = (text: string): string => text.replace(/[\s-]+/g, "");

export function isIsbn10(given: string): boolean {
  const text = compact(given);
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(text)) return false;
  let sum = 10 * (text[9] === "X" ? 10 : digit(text, 9));
  for (let i = 0; i < 9; i++) sum += (i + 1) * digit(text, i);
  return sum % 11 === 0;
}
export function isIsbn13(given: string): boolean {
  const text = compact(given);
  if (!/^[0-9]{13}$/.test(text)) return false;
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += (i % 2 === 0 ? 1 : 3) * digit(text, i);
  return digit(text, 12) === (10 - (sum % 10)) % 10;
}

const cards =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;
export function isCreditCard(given: string): boolean {
  const text = given.replace(/[^0-9]+/g, "");
  if (!cards.test(text)) return false;
  let sum = 0;
  for (let i = text.length - 1, doubled = false; i >= 0; i--, doubled = !doubled) {
    const value = digit(text, i) * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
