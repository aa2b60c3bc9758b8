// The pod-template-hash label: a short name for a pod template, written in letters that cannot form words. Which
// ReplicaSet belongs to a template is decided by comparing templates, never by the hash, so its exact value is free.
import type { PodTemplateSpec } from "#api/core/schema/pod-spec.ts";
import { deepEqual } from "#api/json.ts";

export const templateHashLabel = "pod-template-hash";
const letters = "bcdfghjklmnpqrstvwxz2456789";

/** `collisions` makes another hash of the same template, for when a foreign object has the name already. */
export function templateHash(template: PodTemplateSpec, collisions = 0): string {
  return safeText(fnv32a(`${stableText(template)}${collisions > 0 ? collisions : ""}`));
}
/** Each digit of the number becomes a letter. */
export const safeText = (value: number): string =>
  Array.from(String(value), (digit) => letters[digit.charCodeAt(0) % letters.length]).join("");

export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
/** JSON with sorted keys, so that equal values give equal texts. */
export function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${stableText(v)}`).join(",")}}`;
}

/** Whether two templates make the same pods, whatever hash they are labelled with. */
export const sameTemplate = (a: PodTemplateSpec, b: PodTemplateSpec): boolean =>
  deepEqual(withoutHash(a), withoutHash(b));
function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [templateHashLabel]: hash, ...labels } = template.metadata.labels ?? {};
  return hash === undefined ? template : { ...template, metadata: { ...template.metadata, labels } };
}
