// What a delete does to an object: gone at once, marked and kept for its grace or its finalizers, or nothing because it
// is on its way already. Pure.
import { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { Namespace } from "#api/core/namespace.ts";
import { conflict } from "#api/errors.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import type { DeleteOptions } from "#server/request-options.ts";
import { timestamp } from "#server/api-context.ts";

const orphan = "orphan";
const foreground = "foregroundDeletion";

export type DeletePlan =
  /** `shown` is what the answer shows of an object that could have had a grace. */
  | { readonly type: "remove"; readonly shown?: KubeObject }
  | { readonly type: "mark"; readonly object: KubeObject }
  /** Nothing to change. */
  | { readonly type: "pending" };

/** Throws Conflict where the preconditions of the options do not hold. */
export function checkPreconditions(kind: AnyKind, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { metadata } = object;
  const fail = (what: string, asked: string, found: string | undefined, why: string): Error =>
    conflict(
      // Upstream: the kind stands where otherwise the resource does.
      { group: kind.group, plural: kind.kind },
      metadata.name!,
      `the ${what} in the precondition (${asked}) does not match the ${what} in record (${found ?? ""}). ` +
        `The object might have been ${why}`,
    );
  if (uid !== undefined && uid !== metadata.uid) throw fail("UID", uid, metadata.uid, "deleted and then recreated");
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion)
    throw fail("ResourceVersion", resourceVersion, metadata.resourceVersion, "modified");
}

/** Kinds whose dependents stay unless the client says otherwise; for history's sake. */
export const orphansByDefault = (kind: AnyKind): boolean =>
  (kind.group === "" && kind.plural === "replicationcontrollers") || (kind.group === "batch" && kind.plural === "jobs");

/** The propagation finalizer that the options ask for, if any. */
function propagation(kind: AnyKind, finalizers: readonly string[], options: DeleteOptions): string | undefined {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? orphan : undefined;
  if (options.propagationPolicy !== undefined)
    return { Orphan: orphan, Foreground: foreground, Background: undefined }[options.propagationPolicy];
  if (finalizers.includes(orphan)) return orphan;
  if (finalizers.includes(foreground)) return foreground;
  return orphansByDefault(kind) ? orphan : undefined;
}

function finalizersFor(kind: AnyKind, object: KubeObject, options: DeleteOptions): readonly string[] {
  const present = object.metadata.finalizers ?? [];
  const wanted = propagation(kind, present, options);
  const others = present.filter((f) => f !== orphan && f !== foreground);
  const before = present.filter((f) => f === orphan || f === foreground);
  if (wanted === undefined) return before.length > 0 ? others : present;
  return before.length === 1 && before[0] === wanted ? present : [...others, wanted];
}

function marked(object: KubeObject, now: number, graceSeconds: number, finalizers: readonly string[]): KubeObject {
  const { metadata } = object;
  const isFirst = metadata.deletionTimestamp === undefined;
  const generation = isFirst && metadata.generation ? { generation: metadata.generation + 1 } : {};
  const { finalizers: _, ...rest } = metadata;
  return {
    ...object,
    metadata: {
      ...rest,
      ...generation,
      deletionTimestamp: isFirst ? timestamp(now + graceSeconds * 1000) : metadata.deletionTimestamp!,
      deletionGracePeriodSeconds: graceSeconds,
      ...(finalizers.length > 0 ? { finalizers } : {}),
    },
  };
}

/** Deletion is under way: only the grace may shrink. */
function shortened(object: KubeObject, old: number, asked: number | undefined): DeletePlan {
  if (asked === undefined || asked >= old) return { type: "pending" };
  const { metadata } = object;
  const start = Date.parse(metadata.deletionTimestamp!) - old * 1000;
  const hasFinalizers = (metadata.finalizers ?? []).length > 0;
  const deletionTimestamp = timestamp(start + asked * 1000);
  const shown = { ...object, metadata: { ...metadata, deletionTimestamp, deletionGracePeriodSeconds: asked } };
  return asked === 0 && !hasFinalizers ? { type: "remove", shown } : { type: "mark", object: shown };
}

/** A namespace is marked first, and held by its spec.finalizers until its content is gone. */
function planNamespace(namespace: Namespace, options: DeleteOptions, now: number): DeletePlan {
  if (namespace.metadata.deletionTimestamp === undefined) {
    const { generation: _, finalizers: _before, ...metadata } = namespace.metadata;
    const finalizers = finalizersFor(Namespace, namespace, options);
    return {
      type: "mark",
      object: {
        ...namespace,
        metadata: {
          ...metadata,
          deletionTimestamp: timestamp(now),
          ...(finalizers.length > 0 ? { finalizers } : {}),
        },
        status: { ...namespace.status, phase: "Terminating" },
      } as KubeObject,
    };
  }
  const isHeld = (namespace.spec?.finalizers ?? []).length > 0 || (namespace.metadata.finalizers ?? []).length > 0;
  return { type: isHeld ? "pending" : "remove" };
}

/** A definition is marked first, and held until its objects are gone. Upstream: it is no matter of grace or generation. */
function planDefinition(definition: KubeObject, isFirst: boolean, now: number): DeletePlan {
  const { metadata } = definition;
  if (isFirst)
    return { type: "mark", object: { ...definition, metadata: { ...metadata, deletionTimestamp: timestamp(now) } } };
  return { type: (metadata.finalizers ?? []).length > 0 ? "pending" : "remove" };
}

export function planDelete(kind: AnyKind, given: KubeObject, options: DeleteOptions, now: number): DeletePlan {
  if (kind === Namespace) return planNamespace(given as Namespace, options, now);
  const isFirst = given.metadata.deletionTimestamp === undefined;
  const object = (isFirst && (kind.rules.prepareForDelete?.(given, now) as KubeObject | undefined)) || given;
  if (kind === CustomResourceDefinition) return planDefinition(object, isFirst, now);
  const { metadata } = object;
  const grace = kind.rules.deletionGraceSeconds?.(object, options.gracePeriodSeconds);
  const isGraceful = grace !== undefined;
  const oldGrace = metadata.deletionGracePeriodSeconds;
  if (isGraceful && metadata.deletionTimestamp !== undefined && oldGrace !== undefined)
    return shortened(object, oldGrace, options.gracePeriodSeconds);
  const finalizers = finalizersFor(kind, object, options);
  const keepsFinalizers = sameItems(finalizers, metadata.finalizers ?? []);
  if (isGraceful && grace > 0) return { type: "mark", object: marked(object, now, grace, finalizers) };
  if (finalizers.length === 0)
    return isGraceful ? { type: "remove", shown: marked(object, now, 0, finalizers) } : { type: "remove" };
  if (metadata.deletionTimestamp !== undefined && oldGrace === 0 && keepsFinalizers) return { type: "pending" };
  return { type: "mark", object: marked(object, now, 0, finalizers) };
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item) => b.includes(item));
