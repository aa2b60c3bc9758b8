// Rules for what a claim was given: devices that fit its requests, who uses them, and how they are.
import {
  type FieldError,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  tooMany,
} from "#api/field-error.ts";
import { validateNodeSelector } from "#api/core/pod-rules/affinity-validation.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { dnsLabel, immutableText, qualifiedName, sameValue } from "#api/meta/checks.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { checkInterfaceAddress } from "#api/meta/ip.ts";
import { validateConditions } from "#api/meta/label-selector-validation.ts";
import {
  type RequestNames,
  maxPerClaim,
  requestNames,
  validateConfiguration,
  validateReference,
  validateReferences,
} from "./claim-validation.ts";
import { validateItems, validateSet } from "./lists.ts";
import { validateDriverData, validatePoolName, validateUid } from "./name-validation.ts";
import { AllocationResult } from "./claim-schema.ts";
import type { ResourceClaim, ResourceClaimConsumerReference } from "./claim-schema.ts";
import type {
  AllocatedDeviceStatus,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
} from "./device-schema.ts";

const maxReservations = 256;
const maxConditions = 8;
const maxDataBytes = 10 * 1024;
const maxBindingConditions = 4;
const maxAddresses = 16;
const maxInterfaceName = 256;
const maxHardwareAddress = 128;

type AnyDevice = Pick<AllocatedDeviceStatus, "driver" | "pool" | "device" | "shareID">;
/** Tells apart devices, and shares of one. */
export const deviceId = ({ driver, pool, device, shareID = "" }: AnyDevice): string =>
  [driver, pool, device, shareID].join("\n");
const shownId = ({ driver, pool, device, shareID = "" }: AnyDevice): object => ({
  Driver: driver ?? "",
  Pool: pool ?? "",
  Device: device ?? "",
  ShareID: shareID,
});

export function validateClaimStatus(claim: ResourceClaim, old: ResourceClaim): FieldError[] {
  const found: FieldError[] = [];
  const { reservedFor = [], devices = [], allocation } = claim.status;
  validateSet(found, "status.reservedFor", reservedFor, maxReservations, validateConsumer, ({ uid }) => uid);
  const given = new Set((allocation?.devices.results ?? []).map(deviceId));
  validateSet(
    found,
    "status.devices",
    devices,
    Infinity,
    (list, field, device) => validateDevice(list, field, device, given),
    deviceId,
    shownId,
  );
  validateReservations(found, "status.reservedFor", claim, old);
  const before = old.status.allocation;
  if (allocation && before) {
    if (!sameValue(allocation, before))
      found.push(invalidValue("status.allocation", goStruct(AllocationResult, allocation), immutableText));
  } else if (allocation) validateAllocation(found, "status.allocation", allocation, requestNames(claim.spec.devices));
  return found;
}
function validateReservations(found: FieldError[], field: string, claim: ResourceClaim, old: ResourceClaim): void {
  const { reservedFor = [], allocation } = claim.status;
  if (reservedFor.length === 0) return;
  if (!allocation) found.push(forbiddenValue(field, "may not be specified when `allocated` is not set"));
  else if (claim.metadata.deletionTimestamp) {
    const before = old.status.reservedFor ?? [];
    const text = "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set";
    if (!reservedFor.every((user) => before.some((other) => sameValue(user, other))))
      found.push(forbiddenValue(field, text));
  }
}
function validateConsumer(found: FieldError[], field: string, user: ResourceClaimConsumerReference): void {
  for (const part of ["resource", "name", "uid"] as const)
    if (!user[part]) found.push(requiredValue(`${field}.${part}`));
}

function validateAllocation(
  found: FieldError[],
  field: string,
  { devices, nodeSelector }: AllocationResult,
  names: RequestNames,
): void {
  const { results = [], config = [] } = devices;
  validateItems(found, `${field}.devices.results`, results, maxPerClaim, (list, path, result) =>
    validateResult(list, path, result, names),
  );
  // Those of the classes and those of the claim.
  validateItems(found, `${field}.devices.config`, config, 2 * maxPerClaim, (list, path, item) =>
    validateAllocatedConfiguration(list, path, item, names),
  );
  if (nodeSelector) validateNodeSelector(found, `${field}.nodeSelector`, nodeSelector);
}
function validateResult(
  found: FieldError[],
  field: string,
  result: DeviceRequestAllocationResult,
  names: RequestNames,
): void {
  validateReference(found, `${field}.request`, result.request ?? "", names);
  validateDriverName(found, `${field}.driver`, result.driver);
  validatePoolName(found, `${field}.pool`, result.pool ?? "");
  dnsLabel(found, `${field}.device`, result.device ?? "");
  validateBindingConditions(found, field, result);
  if (result.shareID !== undefined) validateUid(found, `${field}.shareID`, result.shareID);
}
function validateAllocatedConfiguration(
  found: FieldError[],
  field: string,
  item: DeviceAllocationConfiguration,
  names: RequestNames,
): void {
  const sources = ["FromClaim", "FromClass"];
  if (!item.source) found.push(requiredValue(`${field}.source`));
  else if (!sources.includes(item.source)) found.push(notSupported(`${field}.source`, item.source, sources));
  validateReferences(found, `${field}.requests`, item.requests ?? [], names);
  validateConfiguration(found, field, item);
}

interface Binding {
  readonly bindingConditions?: readonly string[];
  readonly bindingFailureConditions?: readonly string[];
}
/** What must hold before a pod is bound, and what says that it will not: both or none, and apart. */
export function validateBindingConditions(found: FieldError[], field: string, binding: Binding): void {
  const { bindingConditions: wanted = [], bindingFailureConditions: failing = [] } = binding;
  const [wantedField, failingField] = [`${field}.bindingConditions`, `${field}.bindingFailureConditions`];
  validateItems(found, wantedField, wanted, maxBindingConditions, qualifiedName);
  validateItems(found, failingField, failing, maxBindingConditions, qualifiedName);
  for (const [i, condition] of wanted.entries())
    if (wanted.indexOf(condition) < i) found.push(duplicateValue(`${wantedField}[${i}]`, condition));
  for (const [i, condition] of failing.entries()) {
    if (failing.indexOf(condition) < i) found.push(duplicateValue(`${failingField}[${i}]`, condition));
    if (wanted.includes(condition)) {
      const text = "bindingFailureConditions must not overlap with bindingConditions";
      found.push(invalidValue(`${failingField}[${i}]`, condition, text));
    }
  }
  const needs = (name: string, of: string): string => `${name} are required to use ${of}`;
  if (wanted.length === 0 && failing.length > 0) {
    const text = needs("bindingConditions", "bindingFailureConditions");
    found.push(invalidValue(wantedField, binding.bindingConditions, text));
  }
  if (failing.length === 0 && wanted.length > 0) {
    const text = needs("bindingFailureConditions", "bindingConditions");
    found.push(invalidValue(failingField, binding.bindingFailureConditions, text));
  }
}

function validateDevice(
  found: FieldError[],
  field: string,
  device: AllocatedDeviceStatus,
  given: ReadonlySet<string>,
): void {
  validateDriverName(found, `${field}.driver`, device.driver);
  validatePoolName(found, `${field}.pool`, device.pool ?? "");
  dnsLabel(found, `${field}.device`, device.device ?? "");
  if (device.shareID !== undefined) validateUid(found, `${field}.shareID`, device.shareID);
  if (!given.has(deviceId(device)))
    found.push(invalidValue(field, shownId(device), "must be an allocated device in the claim"));
  const { conditions = [], data, networkData } = device;
  if (conditions.length > maxConditions) found.push(tooMany(`${field}.conditions`, conditions.length, maxConditions));
  validateConditions(found, `${field}.conditions`, conditions);
  if (data !== undefined) validateDriverData(found, `${field}.data`, data, maxDataBytes);
  if (networkData) validateNetwork(found, `${field}.networkData`, networkData);
}
function validateNetwork(
  found: FieldError[],
  field: string,
  { interfaceName = "", hardwareAddress = "", ips = [] }: NetworkDeviceData,
): void {
  if (interfaceName.length > maxInterfaceName) found.push(tooLong(`${field}.interfaceName`, maxInterfaceName));
  if (hardwareAddress.length > maxHardwareAddress) found.push(tooLong(`${field}.hardwareAddress`, maxHardwareAddress));
  validateSet(found, `${field}.ips`, ips, maxAddresses, checkInterfaceAddress, (ip) => ip);
}
