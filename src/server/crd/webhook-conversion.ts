// Conversion by a webhook (ConversionReview): many objects in one call, in batches of bounded size, and of what comes back
// only labels and annotations of the metadata count.
import type { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import { ApiError } from "#api/errors.ts";
import { deepEqual, deepFreeze, isObject } from "#api/json.ts";
import { parseApiVersion, type KubeObject } from "#api/kind.ts";
import { validateAnnotations, validateLabels } from "#api/metadata.ts";
import { aggregate } from "#api/structural/check-defaults.ts";
import { uuid, type Random } from "#base/random.ts";
import { targetOf, WebhookFailure, type WebhookCaller } from "#server/webhook/caller.ts";

const timeoutMs = 30_000;
const batchObjects = 500;
const reviewVersions = ["v1", "v1beta1"];

export type Convert = (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly KubeObject[]>;
/** `signal` ends with the server: a conversion is shared by all who wait for it. */
export function createConvert(
  crd: CustomResourceDefinition,
  options: { readonly caller: WebhookCaller; readonly random: Random; readonly signal: AbortSignal },
): Convert {
  const { clientConfig, conversionReviewVersions = [] } = crd.spec.conversion?.webhook ?? {};
  const review = conversionReviewVersions.find((version) => reviewVersions.includes(version));
  const target = targetOf(clientConfig ?? {});
  const ask = async (objects: readonly KubeObject[], apiVersion: string): Promise<readonly KubeObject[]> => {
    const what = kindText(objects[0]!);
    const fail = (why: string, cause?: unknown): never => {
      throw new ApiError("InternalError", why, { cause });
    };
    if (!review) return fail("no supported conversion review versions");
    const uid = uuid(options.random);
    const body = {
      kind: "ConversionReview",
      apiVersion: `apiextensions.k8s.io/${review}`,
      request: { uid, desiredAPIVersion: apiVersion, objects },
    };
    const answer = await options.caller
      .call(target, { body, timeoutMs, announcesTimeout: false }, options.signal)
      .catch((error: unknown) =>
        fail(
          `conversion webhook for ${what} failed: ${error instanceof WebhookFailure ? error.message : String(error)}`,
          error,
        ),
      );
    const wrong = (why: string): never => fail(`conversion webhook for ${what} failed: ${why}`);
    const converted = convertedObjects(answer, body.apiVersion, uid, wrong);
    if (converted.length !== objects.length)
      return fail(`conversion webhook for ${what} returned ${converted.length} objects, expected ${objects.length}`);
    return objects.map((original, i) => {
      const invalid = (why: string): never =>
        fail(`conversion webhook for ${what} returned invalid converted object at index ${i}: ${why}`);
      return deepFreeze(accepted(original, converted[i], apiVersion, invalid));
    });
  };
  return async (objects, apiVersion) => {
    const found: KubeObject[] = [];
    for (let at = 0; at < objects.length; at += batchObjects)
      found.push(...(await ask(objects.slice(at, at + batchObjects), apiVersion)));
    return found;
  };
}
function kindText({ apiVersion = "", kind = "" }: KubeObject): string {
  const { group, version } = parseApiVersion(apiVersion);
  return `${group}/${version}, Kind=${kind}`;
}

type Fail = (why: string) => never;
function convertedObjects(answer: unknown, apiVersion: string, uid: string, fail: Fail): readonly unknown[] {
  const review = isObject(answer) ? answer : {};
  const isV1 = apiVersion.endsWith("/v1");
  const gvk = kindText(review as unknown as KubeObject);
  const expected = kindText({ apiVersion, kind: "ConversionReview" } as KubeObject);
  if (isV1 && gvk !== expected) fail(`expected webhook response of ${expected}, got ${gvk}`);
  const response = review["response"];
  if (!isObject(response)) return fail("no response provided");
  if (isV1 && response["uid"] !== uid)
    fail(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response["uid"] ?? "")}`);
  const result = isObject(response["result"]) ? response["result"] : {};
  if (result["status"] !== "Success") {
    const message = typeof result["message"] === "string" ? result["message"] : "";
    fail(message || `response.result.status was '${String(result["status"] ?? "")}', not 'Success'`);
  }
  const objects = response["convertedObjects"];
  return Array.isArray(objects) ? objects : [];
}

/** The converted object with the metadata of the original, but for labels and annotations. */
function accepted(original: KubeObject, given: unknown, apiVersion: string, fail: Fail): KubeObject {
  if (!isObject(given)) return fail("it is not an object");
  const [expected, got] = [parseApiVersion(apiVersion), parseApiVersion(String(given["apiVersion"] ?? ""))];
  if (!deepEqual(expected, got))
    fail(`invalid groupVersion (expected ${apiVersion}, received ${String(given["apiVersion"] ?? "")})`);
  if (given["kind"] !== original.kind)
    fail(`invalid kind (expected ${original.kind ?? ""}, received ${String(given["kind"] ?? "")})`);
  const metadata = given["metadata"];
  if (!isObject(metadata)) return fail("missing metadata in converted object");
  for (const [field, what] of [
    ["name", "name"],
    ["namespace", "namespace"],
    ["uid", "UID"],
  ] as const) {
    const [before, after] = [original.metadata[field] ?? "", metadata[field] ?? ""];
    if (before !== after) fail(`must have the same ${what}: ${before} != ${String(after)}`);
  }
  const { labels: _labels, annotations: _annotations, ...rest } = original.metadata;
  return { ...given, metadata: { ...rest, ...changedTexts(original, metadata, fail) } } as unknown as KubeObject;
}
function changedTexts(original: KubeObject, metadata: Record<string, unknown>, fail: Fail): object {
  const kept: Record<string, unknown> = {};
  for (const field of ["labels", "annotations"] as const) {
    const texts = metadata[field];
    if (texts === undefined || texts === null) continue;
    if (!isObject(texts) || !Object.values(texts).every((v) => typeof v === "string"))
      return fail(`invalid metadata.${field} in converted object`);
    const values = texts as Record<string, string>;
    if (!deepEqual(values, original.metadata[field])) {
      const wrong = (field === "labels" ? validateLabels : validateAnnotations)(values, `metadata.${field}`);
      if (wrong.length > 0) fail(aggregate(wrong));
    }
    kept[field] = values;
  }
  return kept;
}
