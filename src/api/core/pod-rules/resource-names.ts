// Names and amounts of resources: which names are known where, and what each may be given.
import { type FieldError, invalidValue } from "#api/field-error.ts";
import { isQualifiedName } from "#api/names.ts";
import { milliValue, parseQuantity, quantityOfMilli } from "#api/quantity.ts";
import { invalidEach, negativeText } from "#api/meta/checks.ts";

const wholeUnit = 1_000_000_000n;
const containerResources = new Set(["cpu", "memory", "ephemeral-storage"]);
const standardResources = new Set([
  ...containerResources,
  "requests.cpu",
  "requests.memory",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "storage",
  "requests.storage",
  "services.nodeports",
  "services.loadbalancers",
]);
const integerResources = new Set([
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
]);

export const isHugePages = (name: string): boolean => name.startsWith("hugepages-");
/** Of Kubernetes itself: without a domain, or of kubernetes.io. */
export const isNativeResource = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/");
/** A resource that a device plugin offers. */
export const isExtendedResource = (name: string): boolean =>
  !isNativeResource(name) && !name.startsWith("requests.") && isQualifiedName(`requests.${name}`).length === 0;
export const isStandardContainerResource = (name: string): boolean => containerResources.has(name) || isHugePages(name);
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith("requests.hugepages-");
const isStandardResource = (name: string): boolean => standardResources.has(name) || isQuotaHugePages(name);
const isIntegerResource = (name: string): boolean => integerResources.has(name) || isExtendedResource(name);
/** Whether the sum of limits may exceed what a node has. */
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);

/** A name for the resources of a node, a pod or a container. */
export function validateResourceName(found: FieldError[], field: string, name: string): boolean {
  const messages = isQualifiedName(name);
  invalidEach(found, field, name, messages);
  if (messages.length > 0) return false;
  if (name.includes("/") || isStandardResource(name)) return true;
  found.push(invalidValue(field, name, "must be a standard resource type or fully qualified"));
  return false;
}
export function validateContainerResourceName(found: FieldError[], field: string, name: string): void {
  validateResourceName(found, field, name);
  if (!name.includes("/")) {
    if (!isStandardContainerResource(name))
      found.push(invalidValue(field, name, "must be a standard resource for containers"));
  } else if (!isNativeResource(name) && !isExtendedResource(name))
    found.push(invalidValue(field, name, "doesn't follow extended resource name standard"));
}
/** Counted by a quota: resources of pods, and numbers of objects. */
export const isStandardQuotaResource = (name: string): boolean =>
  (standardResources.has(name) && name !== "storage") || isQuotaHugePages(name);
export function validateQuotaName(found: FieldError[], field: string, name: string): void {
  validateResourceName(found, field, name);
  if (!name.includes("/") && !isStandardQuotaResource(name))
    found.push(invalidValue(field, name, "must be a standard resource for quota"));
}
/** Not negative, and whole where only whole ones exist. */
export function validateAmount(found: FieldError[], field: string, name: string, amount: string): void {
  if (parseQuantity(amount).nano < 0n) found.push(invalidValue(field, amount, negativeText));
  if (isIntegerResource(name) && parseQuantity(amount).nano % wholeUnit !== 0n)
    found.push(invalidValue(field, amount, "must be an integer"));
}
/** "hugepages-2Mi" can only be had in multiples of 2Mi. */
export function isWholePages(name: string, amount: string): boolean {
  const size = name.slice("hugepages-".length);
  if (!/^[0-9]+(\.[0-9]+)?([KMGTPE]i|[kMGTPE])?$/.test(size)) return false;
  const page = parseQuantity(size).nano;
  return page > 0n && page % wholeUnit === 0n && parseQuantity(amount).nano % page === 0n;
}

/** Amounts below a thousandth round up, in place. */
export function roundUpToMilli(amounts: Record<string, string | undefined> | undefined): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    if (amount !== undefined && parseQuantity(amount).nano % 1_000_000n !== 0n)
      amounts![name] = quantityOfMilli(milliValue(amount));
  }
}
