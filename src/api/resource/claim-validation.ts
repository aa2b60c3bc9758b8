// Rules for what a claim asks for. Whether its expressions compile is for whoever knows the expression language.
import { type FieldError, invalidValue, notSupported, requiredValue, tooLong } from "#api/field-error.ts";
import { byteLength } from "#api/names.ts";
import { validateDriverName } from "#api/core/pod-rules/driver-names.ts";
import { dnsLabel, dnsSubdomain, labelValue, notPositiveText, qualifiedName } from "#api/meta/checks.ts";
import type { Draft } from "#api/schema.ts";
import { validateItems, validateSet } from "./lists.ts";
import { validateDriverData, validateFullAttributeName } from "./name-validation.ts";
import type { ResourceClaimSpec } from "./claim-schema.ts";
import type {
  DeviceClaim,
  DeviceConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceToleration,
  ExactDeviceRequest,
} from "./device-schema.ts";

export const maxPerClaim = 32;
const maxAlternatives = 8;
const maxExpressionLength = 10 * 1024;
const maxParameterBytes = 10 * 1024;
export const taintEffects = ["NoExecute", "NoSchedule", "None"];

export function applyClaimDefaults(spec: Draft<ResourceClaimSpec> | undefined): void {
  for (const request of spec?.devices?.requests ?? [])
    for (const wanted of [request?.exactly, ...(request?.firstAvailable ?? [])])
      if (wanted?.allocationMode === "ExactCount") wanted.count ||= 1;
}

export function validateClaimSpec(found: FieldError[], field: string, { devices }: ResourceClaimSpec): void {
  const names = requestNames(devices);
  const { requests = [], constraints = [], config = [] } = devices;
  const at = `${field}.devices`;
  validateSet(found, `${at}.requests`, requests, maxPerClaim, validateRequest, ({ name }) => name);
  validateItems(found, `${at}.constraints`, constraints, maxPerClaim, (list, path, constraint) =>
    validateConstraint(list, path, constraint, names),
  );
  validateItems(found, `${at}.config`, config, maxPerClaim, (list, path, item) => {
    validateReferences(list, `${path}.requests`, item.requests ?? [], names);
    validateConfiguration(list, path, item);
  });
}

/** By the name of each request the names of its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;
export const requestNames = ({ requests = [] }: DeviceClaim): RequestNames =>
  new Map(requests.map(({ name, firstAvailable = [] }) => [name, new Set(firstAvailable.map((sub) => sub.name))]));
/** A reference is "request" or "request/alternative". */
export function validateReference(found: FieldError[], field: string, name: string, names: RequestNames): void {
  const segments = name.split("/");
  const refuse = (): void => {
    const text =
      "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
    found.push(invalidValue(field, name, text));
  };
  if (segments.length > 2) return refuse();
  for (const segment of segments) dnsLabel(found, field, segment);
  const alternatives = names.get(segments[0]!);
  if (!alternatives || (segments[1] !== undefined && !alternatives.has(segments[1]))) refuse();
}
export const validateReferences = (
  found: FieldError[],
  field: string,
  references: readonly string[],
  names: RequestNames,
): void =>
  validateSet(
    found,
    field,
    references,
    maxPerClaim,
    (list, path, name) => validateReference(list, path, name, names),
    (name) => name,
  );

function validateRequest(found: FieldError[], field: string, request: DeviceRequest): void {
  const { name = "", exactly, firstAvailable = [] } = request;
  dnsLabel(found, `${field}.name`, name);
  const text = "exactly one of `exactly` or `firstAvailable` is required";
  if (exactly && firstAvailable.length > 0)
    found.push(invalidValue(field, null, `${text}, but multiple fields are set`));
  else if (exactly) validateWanted(found, `${field}.exactly`, exactly);
  else if (firstAvailable.length > 0)
    validateSet(
      found,
      `${field}.firstAvailable`,
      firstAvailable,
      maxAlternatives,
      (list, path, alternative) => {
        dnsLabel(list, `${path}.name`, alternative.name ?? "");
        validateWanted(list, path, alternative);
      },
      (alternative) => alternative.name,
    );
  else found.push(requiredValue(field, text));
}
type Wanted = Pick<ExactDeviceRequest, "deviceClassName" | "selectors" | "allocationMode" | "count" | "tolerations">;
function validateWanted(found: FieldError[], field: string, wanted: Wanted): void {
  const { deviceClassName, allocationMode: mode = "", count = 0 } = wanted;
  if (deviceClassName) dnsSubdomain(found, `${field}.deviceClassName`, deviceClassName);
  else found.push(requiredValue(`${field}.deviceClassName`));
  validateSelectors(found, `${field}.selectors`, wanted.selectors ?? []);
  const at = `${field}.count`;
  if (mode === "All") {
    if (count !== 0) found.push(invalidValue(at, count, "must not be specified when allocationMode is 'All'"));
  } else if (mode === "ExactCount") {
    if (count <= 0) found.push(invalidValue(at, count, notPositiveText));
  } else found.push(notSupported(`${field}.allocationMode`, mode, ["All", "ExactCount"]));
  for (const [i, toleration] of (wanted.tolerations ?? []).entries())
    validateToleration(found, `${field}.tolerations[${i}]`, toleration);
}
function validateToleration(found: FieldError[], field: string, toleration: DeviceToleration): void {
  const { key, operator, value = "", effect } = toleration;
  if (key) qualifiedName(found, `${field}.key`, key);
  if (operator === "Exists") {
    if (value) found.push(invalidValue(`${field}.value`, value, "must be empty for operator `Exists`"));
  } else if (operator === "Equal") labelValue(found, `${field}.value`, value);
  else if (operator) found.push(notSupported(`${field}.operator`, operator, ["Equal", "Exists"]));
  else found.push(requiredValue(`${field}.operator`));
  if (effect && !taintEffects.includes(effect)) found.push(notSupported(`${field}.effect`, effect, taintEffects));
}

/** Also for device classes. */
export function validateSelectors(found: FieldError[], field: string, selectors: readonly DeviceSelector[]): void {
  validateItems(found, field, selectors, maxPerClaim, (list, path, { cel }) => {
    if (!cel) list.push(requiredValue(`${path}.cel`));
    else if (byteLength(cel.expression ?? "") > maxExpressionLength)
      list.push(tooLong(`${path}.cel.expression`, maxExpressionLength));
  });
}
export function validateConfiguration(found: FieldError[], field: string, { opaque }: DeviceConfiguration): void {
  const at = `${field}.opaque`;
  if (!opaque) return void found.push(requiredValue(at));
  validateDriverName(found, `${at}.driver`, opaque.driver);
  validateDriverData(found, `${at}.parameters`, opaque.parameters, maxParameterBytes);
}

function validateConstraint(
  found: FieldError[],
  field: string,
  { requests = [], matchAttribute, distinctAttribute }: DeviceConstraint,
  names: RequestNames,
): void {
  validateReferences(found, `${field}.requests`, requests, names);
  const missing = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
  if (matchAttribute !== undefined) validateFullAttributeName(found, `${field}.matchAttribute`, matchAttribute);
  else if (distinctAttribute !== undefined)
    validateFullAttributeName(found, `${field}.distinctAttribute`, distinctAttribute);
  else found.push(requiredValue(field, missing));
}
