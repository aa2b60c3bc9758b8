// Which fields a write cannot change, so that its manager does not come to own them: the status on the main resource,
// all but the status on /status.
import type { AnyKind } from "#api/kind.ts";

const always = ["apiVersion", "kind", "metadata", "status"];
/** Dotted paths, for `resetFields` of apply and of ordinary writes. */
export function resetFieldsOf(kind: AnyKind, subresource: string): readonly string[] {
  const hasStatus = kind.subresources.some((s) => s.name === "status");
  if (subresource === "") return hasStatus ? ["status"] : [];
  if (subresource !== "status") return [];
  return Object.keys(kind.schema.fields).filter((name) => !always.includes(name));
}
