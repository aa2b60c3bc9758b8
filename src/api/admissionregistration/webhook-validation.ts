// Rules for webhooks. Those that came with a newer version hold for an object once all its webhooks keep them.
import { type FieldError, duplicateValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import { isDnsSubdomain } from "#api/names.ts";
import { dns1035Label, sameValue } from "#api/meta/checks.ts";
import { validateLabelSelector } from "#api/meta/label-selector-validation.ts";
import { validateWebhookService, validateWebhookUrl } from "#api/meta/webhook-client.ts";
import {
  failurePolicies,
  matchPolicies,
  optionalOneOf,
  reinvocationPolicies,
  validateMatchConditions,
  validateRule,
} from "./rule-validation.ts";
import type { MutatingWebhook, ValidatingWebhook } from "./webhook-schema.ts";

type Webhook = ValidatingWebhook | MutatingWebhook;
const reviewVersions = ["v1", "v1beta1"];
const harmless = ["None", "NoneOnDryRun"];
const sideEffects = ["None", "NoneOnDryRun", "Some", "Unknown"];

export function validateWebhooks(webhooks: readonly Webhook[], old?: readonly Webhook[]): FieldError[] {
  const found: FieldError[] = [];
  const mustBeHarmless = !old || old.every((hook) => harmless.includes(hook.sideEffects ?? ""));
  const mustBeKnown = !old || old.every((hook) => hasKnownVersion(hook.admissionReviewVersions ?? []));
  const mustDiffer = !old || new Set(old.map(({ name }) => name)).size === old.length;
  const conditionsOf = (hooks: readonly Webhook[]) => hooks.map(({ matchConditions }) => matchConditions ?? []);
  const sameConditions = old !== undefined && sameValue(conditionsOf(webhooks), conditionsOf(old));
  const names = new Set<string>();
  for (const [i, hook] of webhooks.entries()) {
    const field = `webhooks[${i}]`;
    validateWebhook(found, field, hook, mustBeHarmless ? harmless : sideEffects);
    if (!sameConditions) validateMatchConditions(found, `${field}.matchConditions`, hook.matchConditions);
    validateVersions(found, `${field}.admissionReviewVersions`, hook.admissionReviewVersions ?? [], mustBeKnown);
    if (mustDiffer && hook.name && names.has(hook.name)) found.push(duplicateValue(`${field}.name`, hook.name));
    names.add(hook.name);
  }
  return found;
}
const hasKnownVersion = (versions: readonly string[]): boolean =>
  versions.length === 0 || versions.some((version) => reviewVersions.includes(version));

function validateWebhook(found: FieldError[], field: string, hook: Webhook, effects: readonly string[]): void {
  validateName(found, `${field}.name`, hook.name ?? "");
  for (const [i, rule] of (hook.rules ?? []).entries()) validateRule(found, `${field}.rules[${i}]`, rule);
  optionalOneOf(found, `${field}.failurePolicy`, hook.failurePolicy, failurePolicies);
  optionalOneOf(found, `${field}.matchPolicy`, hook.matchPolicy, matchPolicies);
  if (hook.sideEffects === undefined)
    found.push(requiredValue(`${field}.sideEffects`, `must specify one of ${effects.join(", ")}`));
  else if (!effects.includes(hook.sideEffects))
    found.push(notSupported(`${field}.sideEffects`, hook.sideEffects, effects));
  const { timeoutSeconds: seconds } = hook;
  if (seconds !== undefined && (seconds > 30 || seconds < 1))
    found.push(invalidValue(`${field}.timeoutSeconds`, seconds, "the timeout value must be between 1 and 30 seconds"));
  validateLabelSelector(found, `${field}.namespaceSelector`, hook.namespaceSelector);
  validateLabelSelector(found, `${field}.objectSelector`, hook.objectSelector);
  if ("reinvocationPolicy" in hook)
    optionalOneOf(found, `${field}.reinvocationPolicy`, hook.reinvocationPolicy, reinvocationPolicies);
  const { url, service } = hook.clientConfig;
  const at = `${field}.clientConfig`;
  if ((url === undefined) === (service === undefined))
    found.push(requiredValue(at, "exactly one of url or service is required"));
  else if (url !== undefined) found.push(...validateWebhookUrl(url, `${at}.url`, { https: true }));
  else if (service) found.push(...validateWebhookService(service, `${at}.service`));
}
function validateName(found: FieldError[], field: string, name: string): void {
  if (!name) return void found.push(requiredValue(field));
  const problems = isDnsSubdomain(name);
  if (problems.length > 0) found.push(invalidValue(field, name, problems.join(",")));
  else if (name.split(".").length < 3)
    found.push(invalidValue(field, name, "should be a domain with at least three segments separated by dots"));
}
function validateVersions(found: FieldError[], field: string, versions: readonly string[], known: boolean): void {
  const list = reviewVersions.join(", ");
  if (versions.length === 0) return void found.push(requiredValue(field, `must specify one of ${list}`));
  for (const [i, version] of versions.entries())
    if (versions.indexOf(version) < i) found.push(invalidValue(`${field}[${i}]`, version, "duplicate version"));
    else dns1035Label(found, `${field}[${i}]`, version);
  if (known && !hasKnownVersion(versions))
    found.push(invalidValue(field, versions, `must include at least one of ${list}`));
}
