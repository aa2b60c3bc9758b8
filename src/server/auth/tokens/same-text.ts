// Comparing secrets, in a time that tells nothing of them.
import { timingSafeEqual } from "node:crypto";

export function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
