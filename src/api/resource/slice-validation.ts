// Rules for the devices that a driver offers: where they can be reached, and what they draw from shared counters.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { validateNodeSelector } from "#api/core/pod-rules/affinity-validation.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { NodeSelectorTerm } from "#api/core/schema/node-selector.ts";
import {
  dnsLabel,
  dnsSubdomain,
  immutable,
  labelValue,
  negativeText,
  notPositiveText,
  qualifiedName,
} from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { validateAttributes, validateCapacities, validateMappings } from "./capacity-validation.ts";
import { validateBindingConditions } from "./claim-status-validation.ts";
import { taintEffects } from "./claim-validation.ts";
import { validateItems, validateMap, validateSet } from "./lists.ts";
import { validatePoolName } from "./name-validation.ts";
import type { ResourcePool, ResourceSlice, ResourceSliceSpec } from "./claim-schema.ts";
import type { Counter, Device, DeviceTaint } from "./device-schema.ts";

const maxDevices = 128;
/** Where devices have taints, shared counters or lists among their attributes. */
const maxAdvancedDevices = 64;
const maxCounterSets = 8;
const maxCounters = 32;
const maxConsumptions = 2;
const maxTaints = 16;
const labelLength = 63;

export function validateSlice({ spec }: ResourceSlice): FieldError[] {
  const found: FieldError[] = [];
  validateDriverName(found, "spec.driver", spec.driver);
  validatePool(found, "spec.pool", spec.pool);
  validateNodes(found, "spec", spec);
  if (spec.sharedCounters && spec.devices)
    found.push(invalidValue("spec", "", "only one of `sharedCounters` or `devices` is allowed"));
  const devices = spec.devices ?? [];
  const max = devices.some(isAdvanced) ? maxAdvancedDevices : maxDevices;
  const perDevice = spec.perDeviceNodeSelection === true;
  validateSet(
    found,
    "spec.devices",
    devices,
    max,
    (list, field, device) => validateDevice(list, field, device, perDevice),
    ({ name }) => name,
  );
  validateSet(
    found,
    "spec.sharedCounters",
    spec.sharedCounters ?? [],
    maxCounterSets,
    (list, field, { name, counters }) => {
      if (name) dnsLabel(list, `${field}.name`, name);
      else list.push(requiredValue(`${field}.name`));
      validateCounters(list, `${field}.counters`, counters ?? {});
    },
    ({ name }) => name,
  );
  return found;
}
export function validateSliceUpdate({ spec }: ResourceSlice, old: ResourceSlice): FieldError[] {
  const found: FieldError[] = [];
  immutable(found, "spec.pool.name", spec.pool.name, old.spec.pool.name);
  immutable(found, "spec.driver", spec.driver, old.spec.driver);
  immutable(found, "spec.nodeName", spec.nodeName, old.spec.nodeName);
  return found;
}
const isAdvanced = ({ taints = [], consumesCounters = [], attributes = {} }: Device): boolean =>
  taints.length > 0 ||
  consumesCounters.length > 0 ||
  Object.values(attributes).some(({ bools, ints, strings, versions }) => bools ?? ints ?? strings ?? versions);

function validatePool(found: FieldError[], field: string, pool: ResourcePool): void {
  const { name = "", generation = 0, resourceSliceCount: count = 0 } = pool;
  validatePoolName(found, `${field}.name`, name);
  if (count <= 0) found.push(invalidValue(`${field}.resourceSliceCount`, count, notPositiveText));
  if (generation < 0) found.push(invalidValue(`${field}.generation`, generation, negativeText.replace(/0$/, "zero")));
}
function validateNodes(found: FieldError[], field: string, spec: ResourceSliceSpec): void {
  const given = nodeChoices(found, field, spec, "must be either unset or set to a non-empty string");
  const terms = spec.nodeSelector?.nodeSelectorTerms ?? [];
  if (spec.nodeSelector && terms.length !== 1) {
    const shown = terms.map((term) => goStruct(NodeSelectorTerm, term));
    const at = `${field}.nodeSelector.nodeSelectorTerms`;
    found.push(invalidValue(at, shown, "must have exactly one node selector term"));
  }
  const { perDeviceNodeSelection: perDevice } = spec;
  if (perDevice) given.push("`perDeviceNodeSelection`");
  if (perDevice === false)
    found.push(invalidValue(`${field}.perDeviceNodeSelection`, false, "must be either unset or set to true"));
  const text = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
  if (given.length === 0) found.push(requiredValue(field, text));
  if (given.length > 1)
    found.push(invalidValue(field, `{${given.join(", ")}}`, `${text}, but multiple fields are set`));
}
interface Nodes {
  readonly nodeName?: string;
  readonly nodeSelector?: ResourceSliceSpec["nodeSelector"];
  readonly allNodes?: boolean;
}
/** Which of the ways to name nodes are used. */
function nodeChoices(found: FieldError[], field: string, nodes: Nodes, noName: string): string[] {
  const { nodeName, nodeSelector, allNodes } = nodes;
  if (nodeName) dnsSubdomain(found, `${field}.nodeName`, nodeName);
  if (nodeName === "") found.push(invalidValue(`${field}.nodeName`, "", noName));
  if (nodeSelector) validateNodeSelector(found, `${field}.nodeSelector`, nodeSelector);
  if (allNodes === false) found.push(invalidValue(`${field}.allNodes`, false, "must be either unset or set to true"));
  return [
    ...(nodeName ? ["`nodeName`"] : []),
    ...(nodeSelector ? ["`nodeSelector`"] : []),
    ...(allNodes ? ["`allNodes`"] : []),
  ];
}

function validateDevice(found: FieldError[], field: string, device: Device, perDevice: boolean): void {
  dnsLabel(found, `${field}.name`, device.name ?? "");
  validateAttributes(found, field, device);
  validateCapacities(found, `${field}.capacity`, device);
  validateItems(found, `${field}.taints`, device.taints ?? [], maxTaints, validateTaint);
  validateSet(
    found,
    `${field}.consumesCounters`,
    device.consumesCounters ?? [],
    maxConsumptions,
    (list, path, { counterSet, counters }) => {
      if (counterSet) dnsLabel(list, `${path}.counterSet`, counterSet);
      else list.push(requiredValue(`${path}.counterSet`));
      validateCounters(list, `${path}.counters`, counters ?? {});
    },
    ({ counterSet }) => counterSet,
  );
  validateDeviceNodes(found, field, device, perDevice);
  validateBindingConditions(found, field, device);
  validateMappings(found, `${field}.nodeAllocatableResourceMappings`, device);
}
function validateDeviceNodes(found: FieldError[], field: string, device: Device, perDevice: boolean): void {
  const { nodeName, nodeSelector, allNodes } = device;
  if (!perDevice) {
    const text =
      "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
    if (nodeName !== undefined || nodeSelector || allNodes !== undefined) found.push(invalidValue(field, null, text));
    return;
  }
  const given = nodeChoices(found, field, device, "must not be empty");
  const text =
    "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec";
  if (given.length === 0) found.push(requiredValue(field, text));
  if (given.length > 1) found.push(invalidValue(field, `{${given.join(", ")}}`, text));
}
function validateTaint(found: FieldError[], field: string, { key = "", value, effect }: DeviceTaint): void {
  qualifiedName(found, `${field}.key`, key);
  if (value) labelValue(found, `${field}.value`, value);
  if (!effect) found.push(requiredValue(`${field}.effect`));
  else if (!taintEffects.includes(effect)) found.push(notSupported(`${field}.effect`, effect, taintEffects));
}
function validateCounters(found: FieldError[], field: string, counters: Readonly<Record<string, Counter>>): void {
  if (Object.keys(counters).length === 0) found.push(requiredValue(field));
  validateMap(found, field, counters, { size: maxCounters, shownKey: labelLength }, dnsLabel, () => undefined);
}
