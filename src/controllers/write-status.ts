// Writes a status only when it says something new. Numbers that are zero and lists that are empty may be left out on
// the way through the server, so they count as absent.
import { deepEqual, isObject } from "#api/json.ts";
import type { Kind, KubeObject } from "#api/kind.ts";
import type { Given } from "#api/schema.ts";
import type { Turn } from "#reconcile/controller.ts";

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === 0 ||
  value === "" ||
  value === false ||
  (Array.isArray(value) && value.length === 0);
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => !isEmpty(v))
      .map(([k, v]) => [k, withoutEmpty(v)]),
  );
}
export const sameStatus = (a: unknown, b: unknown): boolean =>
  deepEqual(a, b) || deepEqual(withoutEmpty(a), withoutEmpty(b));

/** Returns the object as it then is. A Conflict is thrown: the next turn decides on newer facts. */
export async function writeStatus<T extends KubeObject & { readonly status: object }>(
  turn: Turn,
  kind: Kind<T>,
  object: T,
  status: T["status"],
): Promise<T> {
  if (sameStatus(object.status, status)) return object;
  const changed = { ...object, status } as unknown as Given<T>;
  return turn.client.update(kind, changed, { subresource: "status", signal: turn.signal });
}
