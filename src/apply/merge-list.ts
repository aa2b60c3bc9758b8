// The order of a merged list in strategic merge patch: what the patch names stands in the patch's order, what only the
// server has keeps the server's, and the two are interleaved by where they stood on the server.
import { badRequest } from "#api/errors.ts";
import { isObject } from "#api/json.ts";

type Json = Record<string, unknown>;
type IdOf = (item: unknown) => unknown;

/** A value as Go's %v prints it, for error texts. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isObject(value)) return String(value as string);
  const members = Object.keys(value).toSorted();
  return `map[${members.map((key) => `${key}:${goText(value[key])}`).join(" ")}]`;
}
export const noMergeKey = (item: Json, key: string): Error =>
  badRequest(`map: ${goText(item)} does not contain declared merge key: ${key}`);

/** What identifies an item: itself, or the value of its merge key. */
const identity =
  (key: string | undefined): IdOf =>
  (item) => {
    if (key === undefined) return item;
    if (!isObject(item)) throw badRequest("list element types are not identical");
    if (!(key in item)) throw noMergeKey(item, key);
    return item[key];
  };

/** Orders merged items by the patch's list and the server's list. */
export function orderList(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const idOf = identity(key);
  const inPatch = positions(patchOrder, idOf);
  const onServer = positions(serverOrder, idOf);
  const fromPatch = merged.filter((item) => inPatch.has(idOf(item)));
  const serverOnly = merged.filter((item) => !inPatch.has(idOf(item)));
  const by = (order: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown) =>
    (order.get(idOf(a)) ?? Infinity) - (order.get(idOf(b)) ?? Infinity) || 0;
  return interleave(serverOnly.toSorted(by(onServer)), fromPatch.toSorted(by(inPatch)), onServer, idOf);
}
function positions(list: readonly unknown[], idOf: IdOf): Map<unknown, number> {
  const found = new Map<unknown, number>();
  for (const [i, item] of list.entries()) if (!found.has(idOf(item))) found.set(idOf(item), i);
  return found;
}
/** An item of the server goes before the first item of the patch that stood behind it there. */
function interleave(
  serverOnly: readonly unknown[],
  fromPatch: readonly unknown[],
  onServer: ReadonlyMap<unknown, number>,
  idOf: IdOf,
): unknown[] {
  const out: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < serverOnly.length && j < fromPatch.length) {
    const left = onServer.get(idOf(serverOnly[i]));
    const right = onServer.get(idOf(fromPatch[j]));
    out.push(left !== undefined && right !== undefined && left < right ? serverOnly[i++] : fromPatch[j++]);
  }
  return [...out, ...serverOnly.slice(i), ...fromPatch.slice(j)];
}

/** Throws unless what a patch's list adds stands in the order that it demands itself. */
export function sameOrder(list: readonly unknown[], order: readonly unknown[], key: string | undefined): void {
  const idOf = identity(key);
  const kept = list.filter((item) => !(isObject(item) && "$patch" in item));
  if (order.length === 0 || kept.length === 0) return;
  let at = 0;
  for (const item of order) if (at < kept.length && idOf(kept[at]) === idOf(item)) at++;
  if (at === kept.length) return;
  throw badRequest(
    `The order in patch list:\n${goText(list)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  );
}
