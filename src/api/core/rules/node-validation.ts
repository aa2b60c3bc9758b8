// Rules for nodes. Addresses of pods and the provider's name for the machine are set once.
import { type FieldError, duplicateValue, forbiddenValue, invalidValue } from "#api/field-error.ts";
import { isLabelValue } from "#api/names.ts";
import type { Draft } from "#api/schema.ts";
import { taintEffects } from "#api/core/pod-rules/affinity-validation.ts";
import { roundUpToMilli, validateAmount } from "#api/core/pod-rules/resource-names.ts";
import type { Taint } from "#api/core/schema/node-selector.ts";
import type { Node, NodeStatus } from "#api/core/schema/node.ts";
import { positive, qualifiedName, requiredOneOf } from "#api/meta/checks.ts";
import { checkCidr, cidrWarnings, parseCidr } from "#api/meta/ip.ts";

export function applyNodeDefaults(node: Draft<Node>): void {
  const { spec, status } = node;
  if (spec?.podCIDR && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
  if (spec?.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
  if (!status) return;
  roundUpToMilli(status.capacity);
  if (!status.allocatable && status.capacity) status.allocatable = { ...status.capacity };
  roundUpToMilli(status.allocatable);
}
/** Settings from a ConfigMap are a thing of the past. */
export function prepareNode(node: Draft<Node>): void {
  delete node.spec?.configSource;
}

export function validateNode(node: Node): FieldError[] {
  const found: FieldError[] = [];
  validateTaints(found, "metadata.taints", node.spec.taints); // Upstream: under metadata, wherever they are.
  validateStatus(found, node.status);
  const swap = node.status.nodeInfo.swap?.capacity;
  if (swap !== undefined) positive(found, "metadata.nodeSwapStatus.capacity", swap);
  const ranges = node.spec.podCIDRs ?? [];
  for (const [i, range] of ranges.entries()) checkCidr(found, `spec.podCIDRs[${i}]`, range);
  const families = new Set(ranges.map((range) => parseCidr(range)?.ip.family));
  if (ranges.length > 1 && families.size !== ranges.length)
    found.push(invalidValue("spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family"));
  return found;
}
function validateTaints(found: FieldError[], field: string, taints: readonly Taint[] = []): void {
  const seen = new Set<string>();
  for (const [i, taint] of taints.entries()) {
    const at = `${field}[${i}]`;
    const { key, value = "", effect } = taint;
    qualifiedName(found, `${at}.key`, key);
    const messages = isLabelValue(value);
    if (messages.length > 0) found.push(invalidValue(`${at}.value`, value, messages.join(";")));
    requiredOneOf(found, `${at}.effect`, effect, taintEffects);
    const pair = `${effect}/${key}`;
    if (seen.has(pair)) {
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null };
      const duplicate = duplicateValue(at, shown);
      found.push({ ...duplicate, message: `${duplicate.message}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
  }
}
const featureName = /^([A-Z][A-Za-z0-9]*)(\/[A-Za-z0-9]+)*$/;
function validateStatus(found: FieldError[], status: NodeStatus): void {
  for (const part of ["capacity", "allocatable"] as const)
    for (const [name, amount] of Object.entries(status[part] ?? {}))
      validateAmount(found, `status.${part}.${name}`, name, amount);
  const features = status.declaredFeatures ?? [];
  for (const [i, feature] of features.entries()) {
    const at = `status.declaredFeatures[${i}]`;
    const bad = (why: string): void => void found.push(invalidValue(at, feature, why));
    if (feature.length > 253) bad(`invalid feature name "${feature}": must be no more than 253 characters`);
    else if (!featureName.test(feature))
      bad(
        `invalid feature name "${feature}": must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`,
      );
    if (i > 0 && feature === features[i - 1]) found.push(duplicateValue(at, feature));
    else if (i > 0 && feature < features[i - 1]!) bad("list must be sorted alphabetically");
  }
}

const oncePodCidr = `node updates may not change podCIDR except from "" to valid`;
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const found: FieldError[] = [];
  const { spec, status } = node;
  const seen = new Set<string>();
  for (const [i, { type, address }] of (status.addresses ?? []).entries()) {
    const key = `${type}/${address}`;
    if (seen.has(key)) found.push(duplicateValue(`status.addresses[${i}]`, { Type: type, Address: address }));
    seen.add(key);
  }
  const before = old.spec.podCIDRs ?? [];
  const now = spec.podCIDRs ?? [];
  if (before.length > 0 && before.length !== now.length) found.push(forbiddenValue("spec.podCIDRs", oncePodCidr));
  else
    for (const [i, range] of before.entries())
      if (range !== now[i]) found.push(forbiddenValue("spec.podCIDRs", oncePodCidr));
  if (old.spec.providerID && old.spec.providerID !== spec.providerID)
    found.push(forbiddenValue("spec.providerID", `node updates may not change providerID except from "" to valid`));
  if ((spec.externalID ?? "") !== (old.spec.externalID ?? ""))
    found.push(forbiddenValue("spec.externalID", "may not be updated"));
  return found;
}
export function validateNodeStatusUpdate(node: Node, old: Node): FieldError[] {
  const found: FieldError[] = [];
  validateStatus(found, node.status);
  return [...found, ...validateNodeUpdate(node, old)];
}

export const nodeWarnings = ({ spec }: Node): string[] => [
  ...(spec.externalID ? ["spec.externalID: this field is deprecated, and is unused by Kubernetes"] : []),
  ...(spec.podCIDRs ?? []).flatMap((range, i) => cidrWarnings(`spec.podCIDRs[${i}]`, range)),
];
