// Questions about a CustomResourceDefinition that its rules and the server ask alike.
import type {
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from "#api/apiextensions/definition-schema.ts";
import { deepEqual } from "#api/json.ts";
import type { JsonSchema } from "#api/structural/json-schema.ts";

export const cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";
export type ConditionType =
  | "Established"
  | "NamesAccepted"
  | "NonStructuralSchema"
  | "Terminating"
  | "KubernetesAPIApprovalPolicyConformant";

interface HasConditions {
  readonly status: { readonly conditions?: readonly CustomResourceDefinitionCondition[] };
}
export const conditionOf = (crd: HasConditions, type: ConditionType): CustomResourceDefinitionCondition | undefined =>
  crd.status.conditions?.find((condition) => condition.type === type);
export const isTrue = (crd: HasConditions, type: ConditionType): boolean => conditionOf(crd, type)?.status === "True";

export type Condition = Omit<CustomResourceDefinitionCondition, "lastTransitionTime" | "type"> & {
  readonly type: ConditionType;
};
/** The conditions with one set; the time moves when the status does. `time` is RFC 3339. */
export function withCondition(
  conditions: readonly CustomResourceDefinitionCondition[] | undefined,
  condition: Condition,
  time: string,
): CustomResourceDefinitionCondition[] {
  const old = conditions?.find((c) => c.type === condition.type);
  const moved = old?.status !== condition.status || !old.lastTransitionTime;
  const next = { ...condition, lastTransitionTime: moved ? time : old.lastTransitionTime! };
  if (!old) return [...(conditions ?? []), next];
  return conditions!.map((c) => (c === old ? next : c));
}

export const storageVersion = (
  spec: Pick<CustomResourceDefinitionSpec, "versions">,
): CustomResourceDefinitionVersion | undefined => spec.versions.find((version) => version.storage);
export const schemaOf = (version: CustomResourceDefinitionVersion): JsonSchema | undefined =>
  version.schema?.openAPIV3Schema as JsonSchema | undefined;

export interface SchemaPlace {
  readonly schema: JsonSchema;
  /** Of the validation that holds it, in its field openAPIV3Schema. */
  readonly path: string;
}
/** The different schemas, each once: one that all versions share is judged at the top, where upstream lifts it. */
export function schemaPlaces({ versions }: Pick<CustomResourceDefinitionSpec, "versions">): SchemaPlace[] {
  const schemas = versions.map(schemaOf);
  const [first] = schemas;
  const isShared = schemas.every((schema) => deepEqual(schema, first));
  if (isShared) return first ? [{ schema: first, path: "spec.validation" }] : [];
  return schemas.flatMap((schema, i) => (schema ? [{ schema, path: `spec.versions[${i}].schema` }] : []));
}

/** Groups of the project itself, whose kinds need its approval. */
export const isProtectedGroup = (group: string): boolean => /(^|\.)(k8s\.io|kubernetes\.io)$/.test(group);
export const approvalAnnotation = "api-approved.kubernetes.io";

export interface Approval {
  readonly state: "approved" | "bypassed" | "missing" | "invalid";
  readonly reason: string;
}
const proposal = "see https://github.com/kubernetes/enhancements/pull/1111";
export function approvalOf(annotations: Readonly<Record<string, string>> | undefined): Approval {
  const given = annotations?.[approvalAnnotation] ?? "";
  const must = `protected groups must have approval annotation ${JSON.stringify(approvalAnnotation)}`;
  if (given === "") return { state: "missing", reason: `${must}, ${proposal}` };
  if (given.startsWith("unapproved")) return { state: "bypassed", reason: `not approved: ${JSON.stringify(given)}` };
  if (/^[a-zA-Z][-+.a-zA-Z0-9]*:\/\/[^/?#\s]+/.test(given))
    return { state: "approved", reason: `approved in ${given}` };
  return { state: "invalid", reason: `${must} with either a URL or a reason starting with "unapproved", ${proposal}` };
}
