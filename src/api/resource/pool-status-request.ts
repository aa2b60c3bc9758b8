// ResourcePoolStatusRequest: asks once how many devices of a driver's pools are free; the answer never changes.
import { type FieldError, invalidValue, requiredValue, tooLong, tooMany } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { byteLength, isDnsSubdomain } from "#api/names.ts";
import type { Infer } from "#api/schema.ts";
import { dnsSubdomain, immutableText, invalidEach, sameValue } from "#api/meta/checks.ts";
import { age, integerColumn, nameColumn, textColumn } from "#api/meta/columns.ts";
import { goStruct } from "#api/meta/go-struct.ts";
import { validateConditions } from "#api/meta/label-selector-validation.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import {
  type PoolStatus,
  ResourcePoolStatusRequest as schema,
  ResourcePoolStatusRequestStatus as StatusSchema,
} from "./preview-schema.ts";

const maxPools = 1000;
const maxErrorBytes = 256;
const maxNameLength = 253;

export interface ResourcePoolStatusRequest extends Infer<typeof schema> {}
type Status = NonNullable<ResourcePoolStatusRequest["status"]>;
type Count = "totalDevices" | "availableDevices" | "allocatedDevices" | "unavailableDevices";

const conditionOf = ({ status }: ResourcePoolStatusRequest) =>
  status?.conditions?.find(({ type, status: is }) => (type === "Complete" || type === "Failed") && is === "True");
const counted = (count: (pools: readonly PoolStatus[]) => number) => (request: ResourcePoolStatusRequest) =>
  request.status && conditionOf(request)?.type !== "Failed" ? String(count(request.status.pools ?? [])) : "-";
const sum = (field: Count) => counted((pools) => pools.reduce((total, pool) => total + (pool[field] ?? 0), 0));
function stateText(request: ResourcePoolStatusRequest): string {
  const state = conditionOf(request)?.type;
  const { poolCount = 0, pools = [] } = request.status ?? {};
  if (state === "Complete" && poolCount > pools.length) return `Complete (${pools.length}/${poolCount} pools)`;
  return state ?? "Pending";
}
function completedText(request: ResourcePoolStatusRequest, now: number): string {
  const condition = conditionOf(request);
  return condition?.type === "Complete" ? age(condition.lastTransitionTime, now) : "<none>";
}

export const ResourcePoolStatusRequest = defineKind<ResourcePoolStatusRequest>({
  group: "resource.k8s.io",
  version: "v1alpha3",
  kind: "ResourcePoolStatusRequest",
  plural: "resourcepoolstatusrequests",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  returnsDeleted: true,
  columns: [
    nameColumn,
    textColumn("Driver", "The driver whose pools are counted.", ({ spec }) => spec.driver),
    textColumn("Total", "How many devices there are.", sum("totalDevices")),
    textColumn("Available", "How many devices are free.", sum("availableDevices")),
    textColumn("Allocated", "How many devices are handed out.", sum("allocatedDevices")),
    textColumn("Unavailable", "How many devices cannot be handed out.", sum("unavailableDevices")),
    textColumn(
      "Errors",
      "How many pools could not be counted.",
      counted((pools) => pools.filter(({ validationError }) => validationError !== undefined).length),
    ),
    integerColumn("Pools", "How many pools match.", ({ status }) => status?.poolCount ?? 0),
    textColumn("Status", "Whether the answer is there.", stateText),
    textColumn("Completed", "How long ago the answer was given.", completedText),
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validateCreate: ({ spec }) => validateSpec(spec),
    // Upstream: the message shows null, whatever the value is.
    validateUpdate: ({ spec }, old) => (sameValue(spec, old.spec) ? [] : [invalidValue("spec", null, immutableText)]),
    validateStatusUpdate({ status }, old) {
      const isAnswered = old.status !== undefined;
      if (isAnswered && !sameValue(status, old.status))
        return [invalidValue("status", goStruct(StatusSchema, status), immutableText)];
      return status && !isAnswered ? validateStatus(status) : [];
    },
  },
  unconditionalUpdate: false,
  hasGeneration: false,
});

function validatePool(found: FieldError[], field: string, name: string): void {
  if (name.length > maxNameLength) found.push(tooLong(field, maxNameLength));
  for (const [i, segment] of name.split("/").entries()) {
    const problems = segment === "" ? ["must not be empty"] : isDnsSubdomain(segment);
    const text = segment === "" ? name : segment;
    for (const problem of problems) found.push(invalidValue(field, text, `segment ${i}: ${problem}`));
  }
}
/** A subdomain in any case. */
const driverProblems = (driver: string): string[] =>
  isDnsSubdomain(driver.toLowerCase()).map((text) =>
    text
      .replace("a lowercase RFC", "an RFC")
      .replace("lower case alphanumeric", "alphanumeric")
      .replace("'example.com'", "'Example.com'"),
  );
function validateDriver(found: FieldError[], field: string, driver: string): void {
  if (driver) invalidEach(found, field, driver, driverProblems(driver));
  else found.push(requiredValue(field));
}
function between(found: FieldError[], field: string, value: number | undefined, low: number, high?: number): void {
  if (value === undefined) return;
  if (value < low) found.push(invalidValue(field, value, `must be greater than or equal to ${low}`));
  if (high !== undefined && value > high)
    found.push(invalidValue(field, value, `must be less than or equal to ${high}`));
}
function validateSpec({ driver, poolName, limit }: ResourcePoolStatusRequest["spec"]): FieldError[] {
  const found: FieldError[] = [];
  validateDriver(found, "spec.driver", driver);
  if (poolName !== undefined) validatePool(found, "spec.poolName", poolName);
  between(found, "spec.limit", limit, 1, maxPools);
  return found;
}
const maxConditions = 10;
function validateStatus({ conditions = [], poolCount, pools = [] }: Status): FieldError[] {
  const found: FieldError[] = [];
  validateConditions(found, "status.conditions", conditions);
  if (poolCount === undefined) found.push(requiredValue("status.poolCount"));
  between(found, "status.poolCount", poolCount, 0);
  if (pools.length > maxPools) found.push(tooMany("status.pools", pools.length, maxPools));
  else for (const [i, pool] of pools.entries()) validatePoolStatus(found, `status.pools[${i}]`, pool);
  if (conditions.length > maxConditions) found.push(tooMany("status.conditions", conditions.length, maxConditions));
  return found;
}
function validatePoolStatus(found: FieldError[], field: string, pool: PoolStatus): void {
  validateDriver(found, `${field}.driver`, pool.driver);
  if (pool.poolName) validatePool(found, `${field}.poolName`, pool.poolName);
  else found.push(requiredValue(`${field}.poolName`));
  between(found, `${field}.generation`, pool.generation, 0);
  between(found, `${field}.resourceSliceCount`, pool.resourceSliceCount, 1);
  for (const count of ["totalDevices", "allocatedDevices", "availableDevices", "unavailableDevices"] as const)
    between(found, `${field}.${count}`, pool[count], 0);
  if (pool.nodeName !== undefined) dnsSubdomain(found, `${field}.nodeName`, pool.nodeName);
  if (byteLength(pool.validationError ?? "") > maxErrorBytes)
    found.push(tooLong(`${field}.validationError`, maxErrorBytes));
}
