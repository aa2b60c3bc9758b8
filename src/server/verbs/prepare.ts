// What the server itself does to an object before it is written: the metadata that belongs to the server, the parts
// that a write may not touch, the generation. Pure; edits drafts only.
import { decodeMessage, fillDefaults } from "#api/decode.ts";
import { deepEqual } from "#api/json.ts";
import type { AnyKind, KubeObject, RequestFacts } from "#api/kind.ts";
import type { ObjectMeta } from "#api/meta/schema.ts";
import { type Draft, type Message, resolve } from "#api/schema.ts";
import { partOf } from "#server/subresources/parts.ts";
import { timestamp } from "#server/api-context.ts";

type Fields = Record<string, unknown>;
export type KubeDraft = Draft<KubeObject> & { metadata: Draft<ObjectMeta> };

/** A draft always has metadata. */
export function withMetadata(draft: Draft<KubeObject>): KubeDraft {
  draft.metadata ??= {};
  return draft as KubeDraft;
}

const hasSubresource = (kind: AnyKind, name: string): boolean => kind.subresources.some((s) => s.name === name);
const spareParts = new Set(["apiVersion", "kind", "metadata", "status"]);

/** Whether anything but metadata and status differs. */
function specChanged(a: Fields, b: Fields): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)].filter((key) => !spareParts.has(key)));
  for (const key of keys) if (!deepEqual(a[key], b[key])) return true;
  return false;
}

export function prepareForCreate(
  kind: AnyKind,
  draft: KubeDraft,
  facts: RequestFacts & { readonly uid: string },
): void {
  const meta = draft.metadata;
  meta.uid = facts.uid;
  meta.creationTimestamp = timestamp(facts.now);
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.selfLink;
  delete meta.resourceVersion;
  // Upstream: of a kind that does not count its generations, what the client says is kept.
  if (kind.hasGeneration) meta.generation = 1;
  if (kind.scope === "Cluster") delete meta.namespace;
  if (hasSubresource(kind, "status") && !kind.rules.keepsStatusOnCreate) resetStatus(kind, draft as Fields);
  kind.rules.prepareForCreate?.(draft, facts);
}

/** A new object starts with the status that an empty one decodes to. */
function resetStatus(kind: AnyKind, draft: Fields): void {
  const status = kind.schema.fields["status"];
  if (status?.presence !== "struct") {
    delete draft["status"];
    return;
  }
  // Not deleted before: V8 keeps objects that lost a member as tables, which costs every later step.
  draft["status"] = decodeMessage(resolve(status.schema) as Message<unknown>, {}, { unknownFields: "ignore" }).draft;
  fillDefaults(kind.schema, draft);
}

/** What a write leaves out of metadata and the server fills in from what stands there. */
function carryMetadata(meta: Draft<ObjectMeta>, old: ObjectMeta): void {
  if (!meta.uid && old.uid !== undefined) meta.uid = old.uid;
  meta.creationTimestamp = old.creationTimestamp;
  if (old.deletionTimestamp !== undefined) meta.deletionTimestamp = old.deletionTimestamp;
  if (old.deletionGracePeriodSeconds !== undefined) meta.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  delete meta.selfLink;
  if (old.generation === undefined) delete meta.generation;
  else meta.generation = old.generation;
  if (old.generateName !== undefined) meta.generateName ??= old.generateName;
  if (old.namespace !== undefined) meta.namespace ??= old.namespace;
}

function copyParts(draft: Fields, old: Fields, isCopied: (key: string) => boolean): void {
  for (const key of Object.keys(draft)) if (isCopied(key) && !(key in old)) delete draft[key];
  for (const key of Object.keys(old)) if (isCopied(key)) draft[key] = old[key];
}

/** A write to the object keeps the status; one to /status all else but metadata; others change their part only. */
export function prepareForUpdate(
  kind: AnyKind,
  draft: KubeDraft,
  old: KubeObject,
  subresource: string,
  now: number,
): void {
  const to = draft as unknown as Fields;
  const from = old as unknown as Fields;
  carryMetadata(draft.metadata, old.metadata);
  if (subresource === "status") {
    copyParts(to, from, (key) => !spareParts.has(key));
    kind.rules.prepareForStatusUpdate?.(draft, old, now);
    return;
  }
  const part = partOf(kind, subresource);
  if (part) {
    copyParts(to, part.take({ ...to }, from), (key) => key !== "metadata");
    kind.rules.preparePart?.[subresource]?.(draft, old, now);
  } else {
    if (hasSubresource(kind, "status")) copyParts(to, from, (key) => key === "status");
    kind.rules.prepareForUpdate?.(draft, old, now);
  }
  if (!kind.hasGeneration) return;
  const changes =
    kind.rules.changesGeneration ?? ((a, b) => specChanged(a as unknown as Fields, b as unknown as Fields));
  if (changes(draft, old)) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}
