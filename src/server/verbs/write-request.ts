// What creates and updates have in common: the request, what came of it, and the steps that both take.
import { badRequest } from "#api/errors.ts";
import { deepEqual } from "#api/json.ts";
import type { KubeObject, RequestFacts } from "#api/kind.ts";
import { recordUpdate } from "#apply/managed-fields/record-update.ts";
import { resetFieldsOf } from "#apply/managed-fields/reset-fields.ts";
import type { AdmissionRequest, Operation, Settle } from "#server/admission/admission.ts";
import { timestamp, type ApiContext, type ResourceCall } from "#server/api-context.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Served } from "#server/registry.ts";
import type { WriteOptions } from "#server/request-options.ts";
import type { Revision } from "#store/store.ts";
import type { KubeDraft } from "./prepare.ts";

/** What a write came to. */
export interface Outcome {
  readonly code: 200 | 201;
  /** Absent: a dry run, or the object is gone with this write. */
  readonly stored?: StoredObject;
  readonly object: KubeObject;
}

export interface WriteRequest {
  readonly call: ResourceCall;
  readonly options: WriteOptions;
  /** "" for the object itself. */
  readonly subresource: string;
  /** The draft comes with its metadata.managedFields settled. */
  readonly isApply?: boolean;
}

export const factsOf = (context: ApiContext, { call, options }: WriteRequest): RequestFacts => ({
  now: context.clock.now(),
  user: call.user,
  dryRun: options.dryRun,
});

/** What plugins have to say for the audit, where there is one. */
export function annotating({ audit }: ResourceCall): Pick<AdmissionRequest, "annotate"> {
  if (!audit) return {};
  return {
    annotate: (key, value) => {
      audit.annotations[key] = value;
    },
  };
}

export function admissionRequest(
  request: WriteRequest,
  operation: Operation,
  name: string,
  object: KubeDraft | undefined,
  old: KubeObject | undefined,
  settles?: Settle[],
): AdmissionRequest {
  const { call, options } = request;
  return {
    operation,
    of: call.served.of,
    subresource: request.subresource,
    namespace: call.info.namespace,
    name,
    object,
    old,
    user: call.user,
    dryRun: options.dryRun,
    options,
    warn: (text) => void call.warnings.push(text),
    ...annotating(call),
    ...(settles ? { afterwards: (settle: Settle) => void settles.push(settle) } : {}),
  };
}

/** Notes in metadata.managedFields who sets what. */
export function trackFields(
  context: ApiContext,
  { call, options, subresource }: WriteRequest,
  draft: KubeDraft,
  old: KubeObject | undefined,
): void {
  const { served } = call;
  const entries = recordUpdate({
    schema: served.of.schema,
    live: old,
    object: served.of.rules.asTracked?.(draft as KubeObject) ?? draft,
    manager: options.fieldManager,
    apiVersion: served.apiVersion,
    subresource,
    time: timestamp(context.clock.now()),
    resetFields: resetFieldsOf(served.of, subresource),
  });
  if (entries.length > 0) draft.metadata.managedFields = entries as KubeDraft["metadata"]["managedFields"];
  else delete draft.metadata.managedFields;
}

/** Takes out owners that are named twice, and says so. Upstream looks before and after plugins could add some. */
export function dedupeOwners({ warnings }: ResourceCall, { metadata }: KubeDraft, when: "" | "later"): void {
  const owners = metadata.ownerReferences ?? [];
  const kept = owners.filter((owner, i) => !owners.slice(0, i).some((other) => deepEqual(other, owner)));
  if (kept.length === owners.length) return;
  const uids = owners.filter((owner) => !kept.includes(owner)).map((owner) => owner.uid ?? "");
  const text =
    `.metadata.ownerReferences contains duplicate entries${when ? " after mutating admission happens" : ""}; API server ` +
    "dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; " +
    `duplicate UID(s) observed: ${uids.join(", ")}`;
  if (!warnings.includes(text)) warnings.push(text);
  metadata.ownerReferences = kept;
}

/** The namespace of the path is that of the object. */
export function settleNamespace(draft: KubeDraft, namespace: string): void {
  const meta = draft.metadata;
  if (namespace === "") delete meta.namespace;
  else if (!meta.namespace) meta.namespace = namespace;
  else if (meta.namespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

export function checkName(draft: KubeDraft, name: string): void {
  const given = draft.metadata.name ?? "";
  if (given === "")
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

export const addWarnings = (call: ResourceCall, object: KubeObject, old?: KubeObject): void =>
  void call.warnings.push(...(call.served.of.rules.warnings?.(object, old) ?? []));

/**
 * Allocates before validation, as upstream does; what is not written in the end is free again. `settles` may grow as
 * long as the write lasts.
 */
export async function allocated<T extends { readonly outcome?: Outcome | undefined }>(
  context: ApiContext,
  served: Served,
  draft: KubeDraft,
  old: KubeObject | undefined,
  settling: { readonly settles: readonly Settle[]; readonly dryRun: boolean },
  write: () => Promise<T>,
): Promise<T> {
  const pending = context.reserve?.(served.of, draft, old, settling.dryRun);
  const reservation = pending && (await pending);
  let revision: Revision | undefined;
  try {
    const result = await write();
    revision = result.outcome?.stored?.revision;
    return result;
  } finally {
    await reservation?.settle(revision);
    for (const settle of settling.settles) await settle(revision);
  }
}
