// The status of a CustomResourceDefinition: which of the names that it asks for it gets, whether it is served, and what
// is remarkable about it. Pure: from the definition and the others of its group to the next status.
import type { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import type { CustomResourceDefinitionNames as Names } from "#api/apiextensions/definition-schema.ts";
import {
  approvalOf,
  conditionOf,
  isProtectedGroup,
  isTrue,
  schemaOf,
  withCondition,
  type Condition,
} from "#api/apiextensions/definition.ts";
import { deepEqual } from "#api/json.ts";
import { hasCertificates } from "#api/meta/webhook-client.ts";
import { aggregate } from "#api/structural/check-defaults.ts";
import { checkStructural, unreadablePart } from "#api/structural/check-structural.ts";
import { formatTime } from "#api/time.ts";

export interface StatusPlan {
  /** The same status when nothing changes. */
  readonly status: CustomResourceDefinition["status"];
  /** When to look again, because the names must be known for a while before the kind is served. */
  readonly againInMs?: number;
}
export interface StatusInput {
  /** Definitions of the same group, this one among them or not. */
  readonly others: Iterable<CustomResourceDefinition>;
  /** How long the accepted names rest before the kind is established: other servers must have seen them. */
  readonly establishDelayMs: number;
  readonly now: number;
}

export function planStatus(crd: CustomResourceDefinition, input: StatusInput): StatusPlan {
  const time = formatTime(input.now);
  let { status } = crd;
  const set = (condition: Condition): void => {
    const old = conditionOf({ status }, condition.type);
    if (old && sameSense(old, condition)) return;
    status = { ...status, conditions: withCondition(status.conditions, condition, time) };
  };
  const names = acceptNames(crd, input.others);
  if (names) {
    if (!deepEqual(names.accepted, status.acceptedNames)) status = { ...status, acceptedNames: names.accepted };
    set(names.condition);
    if (!isTrue({ status }, "Established")) set(names.condition.status === "True" ? installing : notAccepted(crd));
  }
  const structure = structureCondition(crd.spec);
  if (structure) set(structure);
  else if (conditionOf({ status }, "NonStructuralSchema"))
    status = { ...status, conditions: status.conditions!.filter((c) => c.type !== "NonStructuralSchema") };
  const approval = approvalCondition(crd);
  if (approval) set(approval);
  if (!isTrue({ status }, "NamesAccepted") || isTrue({ status }, "Established")) return { status };
  const since = Date.parse(conditionOf({ status }, "NamesAccepted")!.lastTransitionTime ?? "");
  const rest = since + input.establishDelayMs - input.now;
  if (rest > 0 && input.establishDelayMs > 0) return { status, againInMs: rest };
  set(hasBadBundle(crd) ? badBundle : established);
  return { status };
}
const sameSense = (a: Omit<Condition, "type">, b: Omit<Condition, "type">): boolean =>
  a.status === b.status && a.reason === b.reason && a.message === b.message;

const namesTrue: Condition = {
  type: "NamesAccepted",
  status: "True",
  reason: "NoConflicts",
  message: "no conflicts found",
};
const installing: Condition = {
  type: "Established",
  status: "False",
  reason: "Installing",
  message: "the initial names have been accepted",
};
const established: Condition = {
  type: "Established",
  status: "True",
  reason: "InitialNamesAccepted",
  message: "the initial names have been accepted",
};
const badBundle: Condition = {
  type: "Established",
  status: "False",
  reason: "InvalidCABundle",
  message: "The conversion webhook CABundle is invalid",
};
const notAccepted = (crd: CustomResourceDefinition): Condition => {
  const old = conditionOf(crd, "Established");
  if (old) return { ...old, type: "Established" };
  return { type: "Established", status: "False", reason: "NotAccepted", message: "not all names are accepted" };
};
function hasBadBundle({ spec }: CustomResourceDefinition): boolean {
  const bundle = spec.conversion?.webhook?.clientConfig?.caBundle;
  return bundle !== undefined && bundle !== "" && !hasCertificates(bundle);
}

/** Undefined when the names that are asked for are those that are accepted. */
function acceptNames(
  crd: CustomResourceDefinition,
  others: Iterable<CustomResourceDefinition>,
): { readonly accepted: Names; readonly condition: Condition } | undefined {
  const wanted = crd.spec.names;
  const had = crd.status.acceptedNames;
  if (deepEqual(wanted, had)) return undefined;
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { status, spec, metadata } of others) {
    if (spec.group !== crd.spec.group) continue;
    const taken = metadata.name === crd.metadata.name ? had : status.acceptedNames;
    for (const name of [taken.plural, taken.singular, ...(taken.shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [taken.kind, taken.listKind]) if (name) kinds.add(name);
  }
  let condition = namesTrue;
  const refuse = (reason: string, message: string): void => {
    condition = { type: "NamesAccepted", status: "False", reason, message };
  };
  const isFree = (name: string | undefined, own: string | undefined, used: ReadonlySet<string>): boolean =>
    (name ?? "") === (own ?? "") || !used.has(name ?? "");
  const inUse = (name: string | undefined): string => `${JSON.stringify(name ?? "")} is already in use`;
  const accepted: Record<string, unknown> = { ...had };
  const put = (key: string, value: unknown): void => {
    if (value === undefined) delete accepted[key];
    else accepted[key] = value;
  };
  const settle = (
    key: "plural" | "singular" | "kind" | "listKind",
    used: ReadonlySet<string>,
    reason: string,
  ): void => {
    if (isFree(wanted[key], had[key], used)) put(key, wanted[key]);
    else refuse(reason, inUse(wanted[key]));
  };
  settle("plural", resources, "PluralConflict");
  settle("singular", resources, "SingularConflict");
  const own = new Set(had.shortNames);
  const clashes = (wanted.shortNames ?? []).filter((name) => !own.has(name) && resources.has(name));
  if (clashes.length === 0) put("shortNames", wanted.shortNames);
  else refuse("ShortNamesConflict", clashes.length === 1 ? inUse(clashes[0]) : `[${clashes.map(inUse).join(", ")}]`);
  settle("kind", kinds, "KindConflict");
  settle("listKind", kinds, "ListKindConflict");
  put("categories", wanted.categories);
  return { accepted: accepted as unknown as Names, condition };
}

/** Judged once for each spec. */
const judged = new WeakMap<object, { readonly condition: Condition | undefined }>();
function structureCondition(spec: CustomResourceDefinition["spec"]): Condition | undefined {
  let known = judged.get(spec);
  if (!known) judged.set(spec, (known = { condition: judgeStructure(spec) }));
  return known.condition;
}
function judgeStructure(spec: CustomResourceDefinition["spec"]): Condition | undefined {
  const texts = spec.preserveUnknownFields ? ["spec.preserveUnknownFields: Invalid value: true: must be false"] : [];
  for (const [i, version] of spec.versions.entries()) {
    const schema = schemaOf(version);
    if (!schema) continue;
    const unreadable = unreadablePart(schema);
    if (unreadable) {
      const message = `failed to check validation schema for version ${version.name}: ${unreadable}`;
      return { type: "NonStructuralSchema", status: "Unknown", reason: "StructuralError", message };
    }
    const wrong = checkStructural(schema, `spec.versions[${i}].schema.openAPIV3Schema`);
    texts.push(...wrong.map((e) => aggregate([e])));
  }
  if (texts.length === 0) return undefined;
  const message = texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
  return { type: "NonStructuralSchema", status: "True", reason: "Violations", message };
}

const approvals = {
  approved: ["True", "ApprovedAnnotation"],
  bypassed: ["False", "UnapprovedAnnotation"],
  missing: ["False", "MissingAnnotation"],
  invalid: ["False", "InvalidAnnotation"],
} as const;
function approvalCondition(crd: CustomResourceDefinition): Condition | undefined {
  if (!isProtectedGroup(crd.spec.group)) return undefined;
  const { state, reason: message } = approvalOf(crd.metadata.annotations);
  const [status, reason] = approvals[state];
  return { type: "KubernetesAPIApprovalPolicyConformant", status, reason, message };
}
