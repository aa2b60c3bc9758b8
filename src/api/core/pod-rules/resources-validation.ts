// Rules for requests and limits, of containers and of pods as a whole.
import { member } from "#api/json.ts";
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notFoundValue,
  notSupported,
  requiredValue,
} from "#api/field-error.ts";
import { compareQuantity } from "#api/quantity.ts";
import { dnsLabel } from "#api/meta/checks.ts";
import type { PodSpec } from "#api/core/schema/pod-spec.ts";
import type { ResourceClaim, ResourceRequirements } from "#api/core/schema/reference.ts";
import { aggregateContainers, isPodLevelResource } from "./pod-resources.ts";
import {
  isHugePages,
  isOvercommitAllowed,
  isWholePages,
  validateAmount,
  validateContainerResourceName,
  validateResourceName,
} from "./resource-names.ts";

type NameCheck = (found: FieldError[], field: string, name: string) => void;
const isCompute = (name: string): boolean => name === "cpu" || name === "memory";

/** `claims`: the names that the pod's resourceClaims give. */
export function validateContainerResources(
  found: FieldError[],
  field: string,
  resources: ResourceRequirements,
  claims: ReadonlySet<string>,
): void {
  validateRequirements(found, field, resources, validateContainerResourceName);
  validateClaimNames(found, `${field}.claims`, resources.claims ?? [], claims);
}

function validateRequirements(
  found: FieldError[],
  field: string,
  resources: Pick<ResourceRequirements, "limits" | "requests">,
  checkName: NameCheck,
): void {
  const { limits = {}, requests = {} } = resources;
  for (const [name, limit] of Object.entries(limits)) {
    const at = `${field}.limits[${name}]`;
    checkName(found, at, name);
    validateAmount(found, at, name, limit);
    wholePages(found, at, name, limit);
  }
  for (const [name, request] of Object.entries(requests)) {
    const at = `${field}.requests[${name}]`;
    checkName(found, at, name);
    validateAmount(found, at, name, request);
    withinLimit(found, field, name, request, member(limits, name));
    wholePages(found, at, name, request);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some(isCompute))
    found.push(forbiddenValue(field, "HugePages require cpu or memory"));
}
function wholePages(found: FieldError[], field: string, name: string, amount: string): void {
  if (isHugePages(name) && !isWholePages(name, amount))
    found.push(invalidValue(field, amount, `${amount} is not positive integer multiple of ${name}`));
}
function withinLimit(
  found: FieldError[],
  field: string,
  name: string,
  request: string,
  limit: string | undefined,
): void {
  if (limit === undefined) {
    if (!isOvercommitAllowed(name))
      found.push(requiredValue(`${field}.limits`, "Limit must be set for non overcommitable resources"));
    return;
  }
  const order = compareQuantity(request, limit);
  if (order !== 0 && !isOvercommitAllowed(name))
    found.push(invalidValue(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`));
  else if (order > 0)
    found.push(invalidValue(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`));
}

function validateClaimNames(
  found: FieldError[],
  field: string,
  claims: readonly ResourceClaim[],
  known: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    const at = `${field}[${i}]`;
    if (!claim.name) {
      found.push(requiredValue(at));
      continue;
    }
    if (seen.has(claim.name)) found.push(duplicateValue(at, claim.name));
    else seen.add(uniqueClaim(found, at, claim, seen));
    if (known.has(claim.name)) continue;
    const list = known.size === 0 ? " which is empty" : `: ${[...known].toSorted().join(", ")}`;
    const missing = notFoundValue(at, claim.name);
    found.push({
      ...missing,
      message: `${missing.message}: must be one of the names in pod.spec.resourceClaims${list}`,
    });
  }
}
/** A claim as a whole excludes its single requests. */
function uniqueClaim(found: FieldError[], at: string, claim: ResourceClaim, seen: ReadonlySet<string>): string {
  if (claim.request) dnsLabel(found, `${at}.request`, claim.request);
  const key = claim.request ? `${claim.name}/${claim.request}` : claim.name;
  if (seen.has(key)) found.push(duplicateValue(at, key));
  else if (!claim.request)
    for (const other of seen) if (other.startsWith(`${claim.name}/`)) found.push(duplicateValue(at, claim.name));
  return key;
}

/** The pod's own requests and limits, which must have room for those of its containers. */
export function validatePodLevelResources(
  found: FieldError[],
  field: string,
  spec: PodSpec,
  claims: ReadonlySet<string>,
): void {
  const resources = spec.resources;
  if (!resources) return;
  const at = `${field}.resources`;
  if (spec.os?.name === "windows") {
    found.push(forbiddenValue(at, "may not be set for a windows pod"));
    return;
  }
  if (resources.claims) found.push(forbiddenValue(`${at}.claims`, "claims may not be set for Resources at pod-level"));
  validateRequirements(found, at, resources, podLevelName);
  validateClaimNames(found, `${at}.claims`, resources.claims ?? [], claims);
  roomForContainers(found, at, spec);
}
const podLevelName: NameCheck = (found, field, name) => {
  if (validateResourceName(found, field, name) && !isPodLevelResource(name))
    found.push(notSupported(field, name, ["cpu", "hugepages-", "memory"]));
};
function roomForContainers(found: FieldError[], at: string, spec: PodSpec): void {
  const { requests = {}, limits = {} } = spec.resources!;
  for (const [name, needed] of Object.entries(aggregateContainers(spec, "requests"))) {
    const request = member(requests, name);
    const why = `must be greater than or equal to aggregate container requests of ${needed}`;
    if (request !== undefined && compareQuantity(needed, request) > 0)
      found.push(invalidValue(`${at}.requests[${name}]`, request, why));
  }
  for (const [name, needed] of Object.entries(aggregateContainers(spec, "limits")))
    if (isHugePages(name) && limits[name] !== undefined && compareQuantity(needed, limits[name]) > 0)
      found.push(
        invalidValue(
          `${at}.limits[${name}]`,
          limits[name],
          `must be greater than or equal to aggregate container limits of ${needed}`,
        ),
      );
  for (const [i, container] of spec.containers.entries())
    for (const [name, limit] of Object.entries(container.resources.limits ?? {})) {
      const most = member(limits, name);
      const why = `must be less than or equal to pod limits of ${most}`;
      if (most !== undefined && compareQuantity(limit, most) > 0)
        found.push(invalidValue(`${at}.containers[${i}][${name}].limits`, limit, why));
    }
}
