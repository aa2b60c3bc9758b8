// How versions are converted. The paths are those of upstream's internal form, which differs from what clients write.
import { type FieldError, forbiddenValue, invalidValue, notSupported, requiredValue } from "#api/field-error.ts";
import type { CustomResourceConversion } from "#api/apiextensions/definition-schema.ts";
import { validateCaBundle, validateWebhookService, validateWebhookUrl } from "#api/meta/webhook-client.ts";
import { isDns1035Label } from "#api/names.ts";

const strategies = ["None", "Webhook"];
const knownReviews = ["v1", "v1beta1"];

/** `allowsBadBundle`: certificates are not looked at. */
export function validateConversion(
  conversion: CustomResourceConversion | undefined,
  allowsBadBundle: boolean,
): FieldError[] {
  if (!conversion) return [];
  const path = "spec.conversion";
  const { strategy, webhook } = conversion;
  if (strategy === "") return [requiredValue(`${path}.strategy`)];
  const found = strategies.includes(strategy) ? [] : [notSupported(`${path}.strategy`, strategy, strategies)];
  const client = `${path}.webhookClientConfig`;
  const reviews = `${path}.conversionReviewVersions`;
  if (strategy !== "Webhook") {
    const why = "should not be set when strategy is not set to Webhook";
    if (webhook?.clientConfig) found.push(forbiddenValue(client, why));
    if (webhook?.conversionReviewVersions.length) found.push(forbiddenValue(reviews, why));
    return found;
  }
  const config = webhook?.clientConfig;
  if (!config) found.push(requiredValue(client, "required when strategy is set to Webhook"));
  else {
    if ((config.url === undefined) === (config.service === undefined))
      found.push(requiredValue(client, "exactly one of url or service is required"));
    else if (config.url !== undefined) found.push(...validateWebhookUrl(config.url, `${client}.url`, { https: true }));
    else if (config.service) found.push(...validateWebhookService(config.service, `${client}.service`));
    if (config.caBundle && !allowsBadBundle) found.push(...validateCaBundle(config.caBundle, `${client}.caBundle`));
  }
  return [...found, ...validateReviewVersions(webhook?.conversionReviewVersions ?? [], reviews)];
}

export function validateReviewVersions(versions: readonly string[], path: string): FieldError[] {
  if (versions.length === 0) return [requiredValue(path)];
  const found: FieldError[] = [];
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) found.push(invalidValue(`${path}[${i}]`, version, "duplicate version"));
    else found.push(...isDns1035Label(version).map((why) => invalidValue(`${path}[${i}]`, version, why)));
  }
  if (!versions.some((version) => knownReviews.includes(version)))
    found.push(invalidValue(path, versions, `must include at least one of ${knownReviews.join(", ")}`));
  return found;
}
