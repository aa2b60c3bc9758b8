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
    return { ...old, spec: { ...specOf(old), ...(finalizers ? { finalizers } : { finalizers: [] }) } };
  },
};

const ephemeralContainersOf = (object: unknown): readonly Named[] =>
  (specOf(object as Fields)["ephemeralContainers"] ?? []) as readonly Named[];
const ephemeralContainers: Part = {
  take: (wanted, old) => ({
    ...old,
    spec: { ...specOf(old), ephemeralContainers: cloneJson(ephemeralContainersOf(wanted)) },
  }),
};

type Container = Named & { readonly resources?: unknown; readonly resizePolicy?: unknown };
const listOf = (object: Fields, field: string): readonly Container[] =>
  (specOf(object)[field] ?? []) as readonly Container[];
function withResources(wanted: Fields, old: Fields, field: string): Fields {
  const containers = listOf(old, field);
  if (containers.length === 0) return {};
  const byName = new Map(listOf(wanted, field).map((c) => [c.name, c.resources]));
  return {
    [field]: containers.map((c) => (byName.has(c.name) ? { ...c, resources: cloneJson(byName.get(c.name)) ?? {} } : c)),
  };
}
const resize: Part = {
  take: (wanted, old) => ({
    ...old,
    spec: {
      ...specOf(old),
      ...withResources(wanted, old, "containers"),
      ...withResources(wanted, old, "initContainers"),
    },
  }),
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
