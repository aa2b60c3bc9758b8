// Rules for the questions that may be asked about access: about exactly one thing, by or about somebody.
import { type FieldError, invalidValue, requiredValue } from "#api/field-error.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import { qualifiedName } from "#api/meta/checks.ts";
import type { FieldSelectorRequirement, ObjectMeta } from "#api/meta/schema.ts";
import type {
  LocalSubjectAccessReview,
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
} from "./schema.ts";

interface Asked {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

function validateAttributes({ resourceAttributes: resource, nonResourceAttributes: path }: Asked): FieldError[] {
  const found: FieldError[] = [];
  if (resource && path)
    found.push(
      invalidValue(
        "spec.nonResourceAttributes",
        { Path: path.path ?? "", Verb: path.verb ?? "" },
        "cannot be specified in combination with resourceAttributes",
      ),
    );
  if (!resource && !path)
    found.push(
      invalidValue(
        "spec.resourceAttributes",
        null,
        "exactly one of nonResourceAttributes or resourceAttributes must be specified",
      ),
    );
  return found;
}
/** What one may do oneself. */
export function validateSelf(spec: Asked): FieldError[] {
  const found = validateAttributes(spec);
  if (spec.resourceAttributes) validateSelectors(found, "spec.resourceAttributes", spec.resourceAttributes);
  return found;
}
export function validateSubject(spec: SubjectAccessReviewSpec): FieldError[] {
  const found = validateAttributes(spec);
  if (!spec.user && !spec.groups?.length)
    found.push(invalidValue("spec.user", "", "at least one of user or group must be specified"));
  if (spec.resourceAttributes) validateSelectors(found, "spec.resourceAttributes", spec.resourceAttributes);
  return found;
}
function validateSelectors(found: FieldError[], field: string, resource: ResourceAttributes): void {
  for (const name of ["fieldSelector", "labelSelector"] as const) {
    const selector = resource[name];
    if (!selector) continue;
    const at = `${field}.${name}`;
    const { rawSelector = "", requirements = [] } = selector;
    if (rawSelector && requirements.length > 0)
      found.push(invalidValue(`${at}.rawSelector`, rawSelector, "may not specified at the same time as requirements"));
    if (!rawSelector && requirements.length === 0)
      found.push(
        requiredValue(`${at}.requirements`, `when ${at} is specified, requirements or rawSelector is required`),
      );
  }
  for (const [i, test] of (resource.labelSelector?.requirements ?? []).entries())
    validateRequirement(found, `${field}.labelSelector.requirements[${i}]`, test);
}
/** Operators that this version does not know are left to the authorizer. */
function validateRequirement(found: FieldError[], at: string, test: FieldSelectorRequirement): void {
  const isKnown = ["In", "NotIn", "Exists", "DoesNotExist"].includes(test.operator);
  if (!isKnown) return qualifiedName(found, `${at}.key`, test.key);
  const one: FieldError[] = [];
  validateLabelSelector(one, "x", { matchExpressions: [test] });
  for (const finding of one) found.push({ ...finding, field: finding.field.replace("x.matchExpressions[0]", at) });
}

const isEmpty = (metadata: ObjectMeta, ...except: readonly (keyof ObjectMeta)[]): boolean =>
  Object.entries(metadata).every(
    ([name, value]) => value === undefined || name === "managedFields" || (except as readonly string[]).includes(name),
  );
/** A question has no name. */
export const noMetadata = ({ metadata }: { readonly metadata: ObjectMeta }): FieldError[] =>
  isEmpty(metadata) ? [] : [invalidValue("metadata", metadata, "must be empty")];
export function validateLocal({ metadata, spec }: LocalSubjectAccessReview): FieldError[] {
  const found = validateSubject(spec);
  if (!isEmpty(metadata, "namespace"))
    found.push(invalidValue("metadata", metadata, "must be empty except for namespace"));
  const namespace = spec.resourceAttributes?.namespace ?? "";
  if (spec.resourceAttributes && namespace !== (metadata.namespace ?? ""))
    found.push(invalidValue("spec.resourceAttributes.namespace", namespace, "must match metadata.namespace"));
  const path = spec.nonResourceAttributes;
  if (path)
    found.push(
      invalidValue(
        "spec.nonResourceAttributes",
        { Path: path.path ?? "", Verb: path.verb ?? "" },
        "disallowed on this kind of request",
      ),
    );
  return found;
}
