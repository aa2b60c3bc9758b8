// Rules for environment variables and for the values that come from elsewhere: from fields of the pod, from resources,
// ConfigMaps, Secrets and files.
import { type FieldError, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isConfigMapKey, isDnsSubdomain, isRelaxedEnvVarName } from "#api/names.ts";
import { canonicalQuantity, isZeroQuantity } from "#api/quantity.ts";
import { dnsLabel, invalidEach, qualifiedName } from "#api/meta/checks.ts";
import type { EnvFromSource, EnvVar, EnvVarSource } from "#api/core/schema/container.ts";
import type { FileKeySelector, ObjectFieldSelector, ResourceFieldSelector } from "#api/core/schema/reference.ts";
import { noBacksteps } from "./paths.ts";

const envFieldPaths = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
/** All that a downward reference can name; each use allows fewer. */
const downwardPaths = new Set([
  ...envFieldPaths,
  "metadata.annotations",
  "metadata.labels",
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
]);
const resourceFields = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];

export function validateEnv(found: FieldError[], field: string, env: readonly EnvVar[] = []): void {
  for (const [i, variable] of env.entries()) {
    const at = `${field}[${i}]`;
    if (!variable.name) found.push(requiredValue(`${at}.name`));
    else invalidEach(found, `${at}.name`, variable.name, isRelaxedEnvVarName(variable.name));
    if (variable.valueFrom) validateSource(found, `${at}.valueFrom`, variable.valueFrom, variable.value ?? "");
  }
}
function validateSource(found: FieldError[], field: string, source: EnvVarSource, value: string): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) validateFieldRef(found, `${field}.fieldRef`, fieldRef, envFieldPaths);
  if (resourceFieldRef) validateResourceFieldRef(found, `${field}.resourceFieldRef`, resourceFieldRef, false);
  if (configMapKeyRef) validateKeyRef(found, `${field}.configMapKeyRef`, configMapKeyRef);
  if (secretKeyRef) validateKeyRef(found, `${field}.secretKeyRef`, secretKeyRef);
  if (fileKeyRef) validateFileKeyRef(found, `${field}.fileKeyRef`, fileKeyRef);
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  if (count === 0)
    found.push(
      invalidValue(
        field,
        "",
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
      ),
    );
  else if (value) found.push(invalidValue(field, "", "may not be specified when `value` is not empty"));
  else if (count > 1) found.push(invalidValue(field, "", "may not have more than one field specified at a time"));
}
function validateKeyRef(found: FieldError[], field: string, ref: { name?: string; key: string }): void {
  invalidEach(found, `${field}.name`, ref.name ?? "", isDnsSubdomain(ref.name ?? ""));
  if (!ref.key) found.push(requiredValue(`${field}.key`));
  else invalidEach(found, `${field}.key`, ref.key, isConfigMapKey(ref.key));
}
function validateFileKeyRef(found: FieldError[], field: string, ref: FileKeySelector): void {
  if (!ref.key) found.push(requiredValue(`${field}.key`));
  else invalidEach(found, `${field}.key`, ref.key, isRelaxedEnvVarName(ref.key));
  if (!ref.volumeName) found.push(requiredValue(`${field}.volumeName`));
  else dnsLabel(found, `${field}.volumeName`, ref.volumeName);
  if (!ref.path) found.push(requiredValue(`${field}.path`));
  else noBacksteps(found, `${field}.path`, ref.path);
}

const subscripted = /^(.+?)\['(.*)'\]$/s;
/** A reference to a field of the pod; `allowed` in order. */
export function validateFieldRef(
  found: FieldError[],
  field: string,
  ref: ObjectFieldSelector,
  allowed: readonly string[],
): void {
  if (!ref.apiVersion) return void found.push(requiredValue(`${field}.apiVersion`));
  if (!ref.fieldPath) return void found.push(requiredValue(`${field}.fieldPath`));
  const [, name = ref.fieldPath, subscript] = subscripted.exec(ref.fieldPath) ?? [];
  const path = name === "spec.host" ? "spec.nodeName" : name; // the name of old
  const problem = conversionProblem(ref, path, subscript);
  if (problem) found.push(invalidValue(`${field}.fieldPath`, ref.fieldPath, `error converting fieldPath: ${problem}`));
  else if (subscript !== undefined)
    qualifiedName(found, field, path === "metadata.annotations" ? subscript.toLowerCase() : subscript);
  else if (!allowed.includes(path)) found.push(notSupported(`${field}.fieldPath`, path, allowed));
}
function conversionProblem(ref: ObjectFieldSelector, path: string, subscript: string | undefined): string | undefined {
  if (ref.apiVersion !== "v1") return `unsupported pod version: ${ref.apiVersion}`;
  if (subscript !== undefined)
    return path === "metadata.annotations" || path === "metadata.labels"
      ? undefined
      : `field label does not support subscript: ${ref.fieldPath}`;
  return downwardPaths.has(path) ? undefined : `field label not supported: ${ref.fieldPath}`;
}

/** A reference to a request or limit; in volumes the container must be named. */
export function validateResourceFieldRef(
  found: FieldError[],
  field: string,
  ref: ResourceFieldSelector,
  inVolume: boolean,
): void {
  const isHugePages = /^(limits|requests)\.hugepages-/.test(ref.resource);
  if (inVolume && !ref.containerName) found.push(requiredValue(`${field}.containerName`));
  else if (!ref.resource) found.push(requiredValue(`${field}.resource`));
  else if (!isHugePages && !resourceFields.includes(ref.resource))
    found.push(notSupported(`${field}.resource`, ref.resource, resourceFields));
  if (ref.divisor && !isZeroQuantity(ref.divisor)) validateDivisor(found, field, ref.resource, ref.divisor);
}
const byteDivisors = ["1", ...["k", "M", "G", "T", "P", "E"].map((unit) => `1${unit}`)].concat(
  ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((unit) => `1${unit}`),
);
const divisorRules: readonly [pattern: RegExp, divisors: readonly string[], what: string][] = [
  [/^(limits|requests)\.memory$/, byteDivisors, "memory"],
  [/^(limits|requests)\.ephemeral-storage$/, byteDivisors, "local ephemeral storage"],
  [/^(limits|requests)\.hugepages-/, byteDivisors, "hugepages"],
];
function validateDivisor(found: FieldError[], field: string, resource: string, divisor: string): void {
  const text = canonicalQuantity(divisor);
  if (/^(limits|requests)\.cpu$/.test(resource) && text !== "1m" && text !== "1")
    found.push(
      invalidValue(`${field}.divisor`, resource, "only divisor's values 1m and 1 are supported with the cpu resource"),
    );
  for (const [pattern, divisors, what] of divisorRules)
    if (pattern.test(resource) && !divisors.includes(text))
      found.push(
        invalidValue(
          `${field}.divisor`,
          resource,
          `only divisor's values ${divisors.join(", ")} are supported with the ${what} resource`,
        ),
      );
}

export function validateEnvFrom(found: FieldError[], field: string, sources: readonly EnvFromSource[] = []): void {
  for (const [i, { prefix, configMapRef, secretRef }] of sources.entries()) {
    const at = `${field}[${i}]`;
    if (prefix) invalidEach(found, `${at}.prefix`, prefix, isRelaxedEnvVarName(prefix));
    if (configMapRef) validateSourceName(found, `${at}.configMapRef.name`, configMapRef.name);
    if (secretRef) validateSourceName(found, `${at}.secretRef.name`, secretRef.name);
    if (!configMapRef && !secretRef)
      found.push(invalidValue(field, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (configMapRef && secretRef)
      found.push(invalidValue(field, "", "may not have more than one field specified at a time"));
  }
}
/** Upstream: as the start of a name, so that a trailing dash is let through. */
function validateSourceName(found: FieldError[], field: string, name: string | undefined): void {
  if (!name) found.push(requiredValue(field));
  else invalidEach(found, field, name, isDnsSubdomain(name.replace(/-$/, "a")));
}
