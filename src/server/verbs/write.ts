// How objects get written: create and update with everything that belongs to them, in upstream's order. Between reading
// and writing the revision is the guard: a lost race starts the update again on what stands there now.
import { alreadyExists, ApiError, badRequest, conflict, invalid, notFound, staleMessage } from "#api/errors.ts";
import { invalidValue } from "#api/field-error.ts";
import { deepEqual } from "#api/json.ts";
import type { KubeObject, RequestFacts } from "#api/kind.ts";
import { randomSuffix, uuid } from "#base/random.ts";
import type { AdmissionRequest, Operation } from "#server/admission/admission.ts";
import { recordUpdate } from "#apply/managed-fields/record-update.ts";
import { resetFieldsOf } from "#apply/managed-fields/reset-fields.ts";
import { timestamp, type ApiContext, type ResourceCall } from "#server/api-context.ts";
import type { Draft } from "#api/schema.ts";
import type { Served } from "#server/registry.ts";
import type { Written } from "#server/cache/storage.ts";
import type { Revision } from "#store/store.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { WriteOptions } from "#server/request-options.ts";
import { prepareForCreate, prepareForUpdate, type KubeDraft } from "./prepare.ts";
import { validateNew, validateChange } from "./validate.ts";

const nameAttempts = 8;
const writeAttempts = 64;
const longestBase = 58;
const suffixLength = 5;

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

const factsOf = (context: ApiContext, { call, options }: WriteRequest): RequestFacts => ({
  now: context.clock.now(),
  user: call.user,
  dryRun: options.dryRun,
});

export function admissionRequest(
  request: WriteRequest,
  operation: Operation,
  name: string,
  object: KubeDraft | undefined,
  old: KubeObject | undefined,
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
  };
}

/** Notes in metadata.managedFields who sets what. */
function trackFields(
  context: ApiContext,
  { call, options, subresource }: WriteRequest,
  draft: KubeDraft,
  old: KubeObject | undefined,
): void {
  const { served } = call;
  const entries = recordUpdate({
    schema: served.of.schema,
    live: old,
    object: draft,
    manager: options.fieldManager,
    apiVersion: served.apiVersion,
    subresource,
    time: timestamp(context.clock.now()),
    resetFields: resetFieldsOf(served.of, subresource),
  });
  if (entries.length > 0) draft.metadata.managedFields = entries as KubeDraft["metadata"]["managedFields"];
  else delete draft.metadata.managedFields;
}

/** The namespace of the path is that of the object. */
export function settleNamespace(draft: KubeDraft, namespace: string): void {
  const meta = draft.metadata;
  if (namespace === "") delete meta.namespace;
  else if (!meta.namespace) meta.namespace = namespace;
  else if (meta.namespace !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

const generatedName = (context: ApiContext, base: string): string =>
  base.slice(0, longestBase) + randomSuffix(context.random, suffixLength);

const addWarnings = (call: ResourceCall, object: KubeObject, old?: KubeObject): void =>
  void call.warnings.push(...(call.served.of.rules.warnings?.(object, old) ?? []));

/** Creates `draft`, whose namespace is settled. */
export async function createObject(context: ApiContext, request: WriteRequest, draft: KubeDraft): Promise<Outcome> {
  const { call } = request;
  const { served } = call;
  const kind = served.of;
  if (draft.metadata.resourceVersion) throw badRequest("resourceVersion should not be set on objects to be created");
  if (!request.isApply) trackFields(context, request, draft, undefined);
  const admission = (): AdmissionRequest =>
    admissionRequest(request, "CREATE", draft.metadata.name ?? "", draft, undefined);
  await context.admission.admit(admission(), call.signal);
  prepareForCreate(kind, draft, { ...factsOf(context, request), uid: uuid(context.random) });
  const base = draft.metadata.name ? "" : (draft.metadata.generateName ?? "");
  for (let attempt = 1; ; attempt++) {
    if (base) draft.metadata.name = generatedName(context, base);
    if (attempt === 1) {
      const errors = validateNew(kind, draft as KubeObject);
      if (errors.length > 0) throw invalid(kind, draft.metadata.name ?? "", errors);
      await context.admission.validate(admission(), call.signal);
      addWarnings(call, draft as KubeObject);
    }
    const name = draft.metadata.name!;
    const outcome = await insert(context, request, draft as KubeObject, name);
    if (outcome.ok) return outcome.outcome;
    if (!base) throw existsError(call, name, outcome.current);
    if (attempt === nameAttempts) throw noUniqueName(call, name);
  }
}

type Insertion = { ok: true; outcome: Outcome } | { ok: false; current: StoredObject | undefined };

async function insert(
  context: ApiContext,
  { call, options }: WriteRequest,
  object: KubeObject,
  name: string,
): Promise<Insertion> {
  const { served } = call;
  const key = served.key(call.info.namespace, name);
  if (options.dryRun) {
    const current = await context.storage.read(served.cache, key);
    if (current) return { ok: false, current };
    context.reserve?.(served.of, object as Draft<KubeObject>, undefined)?.settle(undefined);
    return { ok: true, outcome: { code: 201, object } };
  }
  const written = await reserved(context, served, key, object, undefined, 0);
  if (!written.ok) return { ok: false, current: written.current };
  return { ok: true, outcome: { code: 201, stored: written.stored, object: served.show(written.stored) } };
}

/** Allocates, writes, and says how it ended. */
async function reserved(
  context: ApiContext,
  served: Served,
  key: string,
  object: KubeObject,
  old: KubeObject | undefined,
  expected: Revision,
): Promise<Written> {
  const reservation = context.reserve?.(served.of, object as Draft<KubeObject>, old);
  let revision: Revision | undefined;
  try {
    const written = await context.storage.put(served.cache, key, served.toStored(object), expected);
    if (written.ok) revision = written.stored.revision;
    return written;
  } finally {
    reservation?.settle(revision);
  }
}

function existsError(call: ResourceCall, name: string, current: StoredObject | undefined): ApiError {
  const error = alreadyExists(call.served.of, name);
  if (!current?.object.metadata.deletionTimestamp) return error;
  return new ApiError(error.reason, `object is being deleted: ${error.message}`, { details: error.details ?? {} });
}
function noUniqueName(call: ResourceCall, name: string): ApiError {
  const error = alreadyExists(call.served.of, name);
  return new ApiError(
    error.reason,
    `${error.message}, the server was not able to generate a unique name for the object`,
    { details: { ...error.details, retryAfterSeconds: 1 } },
  );
}

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

type Attempt = { ok: true; outcome: Outcome } | { ok: false; current: StoredObject | undefined };

async function attemptUpdate(context: ApiContext, request: UpdateRequest, current: StoredObject): Promise<Attempt> {
  const { call, options, subresource } = request;
  const { served } = call;
  const kind = served.of;
  const old = served.show(current);
  const draft = await request.build(old);
  checkIdentity(call, draft, old);
  const admission = admissionRequest(request, "UPDATE", call.info.name, draft, old);
  await context.admission.admit(admission, call.signal);
  checkVersion(call, draft, old);
  prepareForUpdate(kind, draft, old, subresource);
  if (!request.isApply) trackFields(context, request, draft, old);
  draft.metadata.resourceVersion = old.metadata.resourceVersion;
  const object = draft as KubeObject;
  const isUnchanged = deepEqual(object, old);
  const isLast = isDeletedByUpdate(object, old);
  if (!isUnchanged) {
    const errors = validateChange(kind, object, old, subresource);
    if (errors.length > 0) throw invalid(kind, call.info.name, errors);
  }
  await context.admission.validate(admission, call.signal);
  addWarnings(call, object, old);
  if (options.dryRun) return { ok: true, outcome: { code: 200, object } };
  if (isUnchanged && !isLast) return { ok: true, outcome: { code: 200, stored: current, object: old } };
  if (isLast) return deleteWithUpdate(context, request, current, object);
  const written = await reserved(context, served, current.key, object, old, current.revision);
  if (!written.ok) return { ok: false, current: written.current };
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

export function checkName(draft: KubeDraft, name: string): void {
  const given = draft.metadata.name ?? "";
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

function checkIdentity(call: ResourceCall, draft: KubeDraft, old: KubeObject): void {
  const { name, namespace } = call.info;
  const meta = draft.metadata;
  checkName(draft, name);
  if (namespace && meta.namespace && meta.namespace !== namespace)
    throw badRequest(
      `the namespace of the object (${meta.namespace}) does not match the namespace on the request (${namespace})`,
    );
  if (call.served.of.scope === "Cluster") delete meta.namespace;
  else meta.namespace ??= namespace;
  if (meta.uid && meta.uid !== old.metadata.uid)
    throw conflict(
      call.served.of,
      name,
      `Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${old.metadata.uid ?? ""}`,
    );
}

function checkVersion(call: ResourceCall, draft: KubeDraft, old: KubeObject): void {
  const version = draft.metadata.resourceVersion;
  if (version === undefined || version === "" || version === "0") {
    if (call.served.of.unconditionalUpdate) return;
    const error = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
    throw invalid(call.served.of, call.info.name, [error]);
  }
  if (version !== old.metadata.resourceVersion) throw conflict(call.served.of, call.info.name, staleMessage);
}
