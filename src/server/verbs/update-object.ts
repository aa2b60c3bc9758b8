// Updating what stands there. Between reading and writing the revision is the guard: a lost race starts the update again
// on what stands there now.
import { ApiError, conflict, invalid, notFound, staleMessage, badRequest } from "#api/errors.ts";
import { invalidValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import type { AdmissionRequest, Settle } from "#server/admission/admission.ts";
import type { ApiContext, ResourceCall } from "#server/api-context.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import { prepareForUpdate, type KubeDraft } from "./prepare.ts";
import { judgedAs, validateChange } from "./validate.ts";
import {
  addWarnings,
  admissionRequest,
  allocated,
  dedupeOwners,
  checkName,
  trackFields,
  type Outcome,
  type WriteRequest,
} from "./write-request.ts";

const writeAttempts = 64;

/** Makes the new draft from what stands there; it must not share anything writable with it. */
export type Build = (current: KubeObject) => Promise<KubeDraft> | KubeDraft;

export interface UpdateRequest extends WriteRequest {
  readonly build: Build;
  /** The object's key is created from this when it is missing; absent: NotFound. */
  readonly create?: () => Promise<Outcome>;
}

/**
 * Reads, builds, checks and writes, again as long as others write in between. Starts from the cache, which may lag:
 * an error that rests on cached state is believed only after a look into the store.
 */
export async function updateObject(context: ApiContext, request: UpdateRequest): Promise<Outcome> {
  const { call } = request;
  const { served, info } = call;
  const key = served.key(info.namespace, info.name);
  let current = served.cache.get(key);
  let isFresh = false;
  const refresh = async (): Promise<boolean> => {
    const seen = current?.revision;
    current = await context.storage.read(served.cache, key);
    isFresh = true;
    return current?.revision !== seen;
  };
  for (let attempt = 1; attempt <= writeAttempts; attempt++) {
    if (!current && !isFresh) await refresh();
    if (!current) {
      if (request.create) return request.create();
      throw notFound(served.of, info.name);
    }
    try {
      const result = await attemptUpdate(context, request, current);
      if (result.ok) return result.outcome;
      current = result.current;
      isFresh = true;
    } catch (error) {
      if (isFresh || !(error instanceof ApiError) || !(await refresh())) throw error;
    }
    call.signal.throwIfAborted();
  }
  throw conflict(served.of, info.name, staleMessage);
}

type Attempt =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly current: StoredObject | undefined; readonly outcome?: undefined };

async function attemptUpdate(context: ApiContext, request: UpdateRequest, current: StoredObject): Promise<Attempt> {
  const { call, subresource } = request;
  const { served } = call;
  await served.prepare?.([current]);
  const old = served.show(current);
  const draft = await request.build(old);
  checkIdentity(call, draft, request.options.name === "UpdateOptions" ? old.metadata.uid : draft.metadata.uid);
  if (request.options.name === "UpdateOptions") dedupeOwners(call, draft, "");
  // Upstream: what admission adds belongs to nobody.
  if (!request.isApply) trackFields(context, request, draft, old);
  const settles: Settle[] = [];
  const admission = admissionRequest(request, "UPDATE", call.info.name, draft, old, settles);
  await context.admission.admit(admission, call.signal);
  dedupeOwners(call, draft, "later");
  checkVersion(call, draft, old);
  context.dropDisabled?.(served.of, draft, old);
  prepareForUpdate(served.of, draft, old, subresource, context.clock.now());
  draft.metadata.resourceVersion = old.metadata.resourceVersion;
  return allocated(context, served, draft, old, { settles, dryRun: request.options.dryRun }, () =>
    writeChange(context, request, current, draft, admission),
  );
}

/** The prepared draft, validated and written; nothing is written where nothing changed. */
async function writeChange(
  context: ApiContext,
  request: UpdateRequest,
  current: StoredObject,
  draft: KubeDraft,
  admission: AdmissionRequest,
): Promise<Attempt> {
  const { call, options, subresource } = request;
  const { served } = call;
  const old = served.show(current);
  const object = draft as KubeObject;
  const isUnchanged = deepEqual(object, old);
  const isLast = isDeletedByUpdate(object, old);
  if (!isUnchanged) {
    const errors = validateChange(served.of, object, old, subresource);
    if (errors.length > 0) throw invalid(judgedAs(served.of), call.info.name, errors);
  }
  addWarnings(call, object, old);
  await context.admission.validate(admission, call.signal);
  if (options.dryRun) return { ok: true, outcome: { code: 200, object } };
  const isStale = isUnchanged && context.storage.isStale(served.cache, current.key);
  if (isUnchanged && !isLast && !isStale) return { ok: true, outcome: { code: 200, stored: current, object: old } };
  if (isLast) return deleteWithUpdate(context, request, current, object);
  const written = await context.storage.put(served.cache, current.key, await served.toStored(object), current.revision);
  if (!written.ok) return { ok: false, current: written.current };
  await served.prepare?.([written.stored]);
  return { ok: true, outcome: { code: 200, stored: written.stored, object: served.show(written.stored) } };
}

/** The update that takes away the last finalizer of an object that is being deleted deletes it. */
const isDeletedByUpdate = (object: KubeObject, old: KubeObject): boolean =>
  old.metadata.deletionTimestamp !== undefined &&
  (object.metadata.finalizers ?? []).length === 0 &&
  (old.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !holdsSpecFinalizers(object);

/** A Namespace is held by spec.finalizers too. */
const holdsSpecFinalizers = (object: KubeObject): boolean =>
  object.kind === "Namespace" &&
  object.apiVersion === "v1" &&
  ((object as { spec?: { finalizers?: readonly string[] } }).spec?.finalizers ?? []).length > 0;

async function deleteWithUpdate(
  context: ApiContext,
  { call }: UpdateRequest,
  current: StoredObject,
  object: KubeObject,
): Promise<Attempt> {
  const deleted = await context.storage.delete(call.served.cache, current);
  return deleted.ok ? { ok: true, outcome: { code: 200, object } } : { ok: false, current: deleted.current };
}

/** `uid`: of the object that stands there, if any does. */
export function checkIdentity(call: ResourceCall, draft: KubeDraft, uid: string | undefined): void {
  const { name, namespace } = call.info;
  const meta = draft.metadata;
  checkName(draft, name);
  if (namespace && meta.namespace && meta.namespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  if (call.served.of.scope === "Cluster") delete meta.namespace;
  else meta.namespace ??= namespace;
  if (meta.uid && meta.uid !== uid)
    throw conflict(
      call.served.of,
      name,
      `StorageError: invalid object, Code: 4, Key: ${storageKey(call)}, ResourceVersion: 0, AdditionalErrorMsg: ` +
        `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${uid ?? ""}`,
    );
}

const storagePrefixes: Readonly<Record<string, string>> = {
  nodes: "minions",
  services: "services/specs",
  endpoints: "services/endpoints",
  replicationcontrollers: "controllers",
  "ingresses.networking.k8s.io": "ingress",
  "customresourcedefinitions.apiextensions.k8s.io": "apiextensions.k8s.io/customresourcedefinitions",
  "apiservices.apiregistration.k8s.io": "apiregistration.k8s.io/apiservices",
};
/** Where upstream would keep the object; some messages name it. */
function storageKey({ served, info }: ResourceCall): string {
  const { group, plural, custom } = served.of;
  const prefix = storagePrefixes[group ? `${plural}.${group}` : plural] ?? (custom ? `${group}/${plural}` : plural);
  return `/registry/${prefix}/${info.namespace ? `${info.namespace}/` : ""}${info.name}`;
}

function checkVersion(call: ResourceCall, draft: KubeDraft, old: KubeObject): void {
  const version = draft.metadata.resourceVersion;
  if (version === undefined || version === "" || version === "0") {
    if (call.served.of.unconditionalUpdate) return;
    const error = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
    // Upstream: the resource stands where otherwise the kind does.
    throw invalid({ group: call.served.of.group, kind: call.served.of.plural }, call.info.name, [error]);
  }
  if (!/^\d+$/.test(version)) throw badRequest(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  if (version !== old.metadata.resourceVersion) throw conflict(call.served.of, call.info.name, staleMessage);
}
