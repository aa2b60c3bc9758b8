// AdmissionReview: the question that webhooks are asked, and what may be believed of their answers. Pure.
import { AdmissionReview, type AdmissionResponse } from "#api/admission/schema.ts";
import { decodeMessage } from "#api/decode.ts";
import type { Status } from "#api/errors.ts";
import { isObject } from "#api/json.ts";
import { parseApiVersion, type AnyKind } from "#api/kind.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import { nameOf, namespaceOf } from "#server/admission/match/criteria.ts";
import { shownKind, type Shown } from "#server/admission/match/versions.ts";
import { shownUser } from "#server/auth/user-info.ts";
import type { DeleteOptions, WriteOptions } from "#server/request-options.ts";
import { WebhookFailure } from "#server/webhook/caller.ts";

export type ReviewVersion = "v1" | "v1beta1";
const kind = "AdmissionReview";
const group = "admission.k8s.io";

/** The first version that both sides know. */
export const reviewVersion = (versions: readonly string[]): ReviewVersion | undefined =>
  versions.find((v): v is ReviewVersion => v === "v1" || v === "v1beta1");

const resourceOf = ({ group, version, plural }: AnyKind): object => ({ group, version, resource: plural });
const unlessEmpty = <T>(name: string, value: T): Record<string, T> => (value ? { [name]: value } : {});

/** What admission says of the request, apart from the objects. Policies show the same to their expressions. */
export function requestFields(uid: string, request: AdmissionRequest, of: AnyKind): Record<string, unknown> {
  const { subresource, user, operation, dryRun } = request;
  return {
    uid,
    kind: shownKind(request, of),
    resource: resourceOf(of),
    ...unlessEmpty("subResource", subresource),
    requestKind: shownKind(request, request.of),
    requestResource: resourceOf(request.of),
    ...unlessEmpty("requestSubResource", subresource),
    ...unlessEmpty("name", nameOf(request)),
    ...unlessEmpty("namespace", namespaceOf(request)),
    operation,
    userInfo: shownUser(user),
    dryRun,
    options: optionsOf(request),
  };
}
/** What is asked of an answer before its content: that it is a review, and of the version that was asked for. */
function checkKind(version: ReviewVersion, answer: unknown): void {
  if (!isObject(answer)) return;
  const { kind: given = kind, apiVersion = `${group}/${version}` } = answer;
  if (typeof given !== "string" || typeof apiVersion !== "string" || given === "" || apiVersion === "") return;
  const isReview = given === kind && (apiVersion === `${group}/v1` || apiVersion === `${group}/v1beta1`);
  if (!isReview)
    throw new WebhookFailure(
      `no kind ${JSON.stringify(given)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  const found = parseApiVersion(apiVersion).version;
  if (found !== version)
    throw new WebhookFailure(`converting (${found}.${kind}) to (${version}.${kind}): unknown conversion`);
}
function optionsOf({ operation, options }: AdmissionRequest): object | null {
  if (operation === "CONNECT") return null;
  const apiVersion = "meta.k8s.io/v1";
  const { dryRun, ...others } = options as DeleteOptions;
  const run = dryRun ? { dryRun: ["All"] } : {};
  if (operation === "DELETE") return { kind: "DeleteOptions", apiVersion, ...others, ...run };
  const { fieldManager, hasFieldManager, fieldValidation } = options as WriteOptions;
  return {
    // A patch creates or updates, too.
    kind: operation === "CREATE" ? "CreateOptions" : "UpdateOptions",
    apiVersion,
    ...run,
    ...(hasFieldManager ? { fieldManager } : {}),
    ...(fieldValidation === "Warn" ? {} : { fieldValidation }),
  };
}

export const reviewOf = (version: ReviewVersion, request: Record<string, unknown>, shown: Shown): object => ({
  kind,
  apiVersion: `${group}/${version}`,
  request: { ...request, object: shown.object ?? null, oldObject: shown.old ?? null },
});

export interface Verdict {
  readonly allowed: boolean;
  /** JSON text; "" for none. */
  readonly patch: string;
  readonly patchType: string;
  readonly result: Partial<Status> | undefined;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}
/** An answer that is understood, but does not hold up. */
export class BadAnswer extends Error {}

/** Throws BadAnswer, or ApiError where the answer is no review at all. */
export function readVerdict(version: ReviewVersion, uid: string, mayPatch: boolean, answer: unknown): Verdict {
  checkKind(version, answer);
  const review = decodeMessage(AdmissionReview, answer, { unknownFields: "ignore" }).draft as AdmissionReview;
  const { response } = review;
  if (!response) throw new BadAnswer("webhook response was absent");
  if (version === "v1") checkAnswer(uid, mayPatch, review, response);
  const { patch = "", patchType, status } = response;
  return {
    allowed: response.allowed === true,
    patch: mayPatch ? Buffer.from(patch, "base64").toString() : "",
    patchType: version === "v1" ? (patchType ?? "") : "JSONPatch",
    result: status as Partial<Status> | undefined,
    warnings: response.warnings ?? [],
    auditAnnotations: response.auditAnnotations ?? {},
  };
}

function checkAnswer(uid: string, mayPatch: boolean, review: AdmissionReview, response: AdmissionResponse): void {
  const given = response.uid ?? "";
  if (given !== uid) throw new BadAnswer(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`);
  const expected = `${group}/v1, Kind=${kind}`;
  const found = kindText(review);
  if (found !== expected) throw new BadAnswer(`expected webhook response of ${expected}, got ${found}`);
  const hasPatch = Boolean(response.patch);
  const hasType = response.patchType !== undefined;
  if (!mayPatch) {
    if (hasPatch) throw new BadAnswer("validating webhook may not return response.patch");
    if (hasType) throw new BadAnswer("validating webhook may not return response.patchType");
    return;
  }
  if (hasPatch && !hasType) throw new BadAnswer("webhook returned response.patch but not response.patchType");
  if (!hasPatch && hasType) throw new BadAnswer("webhook returned response.patchType but not response.patch");
  if (response.patchType === ("" as string)) throw new BadAnswer('webhook returned invalid response.patchType of ""');
}
function kindText(review: AdmissionReview): string {
  const { group: g, version } = parseApiVersion(review.apiVersion ?? "");
  return `${g}/${version}, Kind=${review.kind ?? ""}`;
}
