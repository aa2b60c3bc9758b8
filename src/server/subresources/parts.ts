// Subresources that are the object itself with one part open to change: which part. What must hold for it is among the
// kind's rules (validatePart).
import { cloneJson } from "#api/json.ts";
import type { AnyKind } from "#api/kind.ts";

type Fields = Record<string, unknown>;
type Named = { readonly name?: string };

export interface Part {
  /** The object as it stands, with this part from `wanted`. */
  take(wanted: Fields, old: Fields): Fields;
}

const specOf = (object: Fields): Fields => (object["spec"] ?? {}) as Fields;

const finalize: Part = {
  take: (wanted, old) => {
    const { finalizers } = specOf(wanted);
    const { finalizers: _before, ...spec } = specOf(old);
    const some = Array.isArray(finalizers) && finalizers.length > 0 ? { finalizers: cloneJson(finalizers) } : {};
    return { ...old, spec: { ...spec, ...some } };
  },
};

const ephemeralContainersOf = (object: unknown): readonly Named[] =>
  (specOf(object as Fields)["ephemeralContainers"] ?? []) as readonly Named[];
const ephemeralContainers: Part = {
  take: (wanted, old) => {
    const { ephemeralContainers: _before, ...spec } = specOf(old);
    const containers = ephemeralContainersOf(wanted);
    // An empty list is not stored: the next update would take it away and count as a change.
    const some = containers.length > 0 ? { ephemeralContainers: cloneJson(containers) } : {};
    return { ...old, spec: { ...spec, ...some } };
  },
};

type Container = Named & { readonly resources?: unknown; readonly resizePolicy?: unknown };
const listOf = (object: Fields, field: string): readonly Container[] =>
  (specOf(object)[field] ?? []) as readonly Container[];
/** The containers as they stand, with the sizes that are wanted; others than those stay for validation to refuse. */
function withResources(wanted: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (!wanted.every((container, i) => container.name === old[i]?.name)) return cloneJson(wanted);
  return old.map(({ resources: _resources, resizePolicy: _policy, ...rest }, i) => {
    const { resources, resizePolicy } = cloneJson(wanted[i]!);
    return { ...rest, resources: resources ?? {}, ...(resizePolicy !== undefined && { resizePolicy }) };
  });
}
const resize: Part = {
  take(wanted, old) {
    const [now, before] = [wanted, old].map((of) => ["containers", "initContainers"].map((field) => listOf(of, field)));
    if (now!.some((list, i) => list.length !== before![i]!.length)) return { ...old, spec: cloneJson(specOf(wanted)) };
    const [containers, initContainers] = now!.map((list, i) => withResources(list, before![i]!));
    const { resources: _resources, ...spec } = specOf(old);
    const { resources } = specOf(wanted);
    return {
      ...old,
      spec: {
        ...spec,
        ...(resources !== undefined && { resources: cloneJson(resources) }),
        containers,
        ...(initContainers!.length > 0 && { initContainers }),
      },
    };
  },
};

const conditionsOf = (object: Fields): unknown => (object["status"] as Fields | undefined)?.["conditions"];
const approval: Part = {
  take: (wanted, old) => {
    const conditions = conditionsOf(wanted);
    const { conditions: _before, ...status } = (old["status"] ?? {}) as Fields;
    return { ...old, status: { ...status, ...(conditions ? { conditions } : {}) } };
  },
};

const parts: Readonly<Record<string, Part>> = {
  "namespaces/finalize": finalize,
  "pods/ephemeralcontainers": ephemeralContainers,
  "pods/resize": resize,
  "certificatesigningrequests.certificates.k8s.io/approval": approval,
};
export const partOf = (kind: AnyKind, subresource: string): Part | undefined =>
  parts[`${kind.plural}${kind.group ? `.${kind.group}` : ""}/${subresource}`];
