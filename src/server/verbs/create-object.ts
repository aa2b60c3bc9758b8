// Creating an object, with everything that belongs to it, in upstream's order.
import { alreadyExists, ApiError, badRequest, invalid } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { randomSuffix, uuid } from "#base/random.ts";
import type { AdmissionRequest, Settle } from "#server/admission/admission.ts";
import type { ApiContext, ResourceCall } from "#server/api-context.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import { prepareForCreate, type KubeDraft } from "./prepare.ts";
import { judgedAs, validateNew } from "./validate.ts";
import {
  addWarnings,
  admissionRequest,
  allocated,
  dedupeOwners,
  factsOf,
  trackFields,
  type Outcome,
  type WriteRequest,
} from "./write-request.ts";

const nameAttempts = 8;
const longestBase = 58;
const suffixLength = 5;

/** Made up until one is free: what rules make of an object may hold its name. The write finds who was faster. */
function generatedName({ random }: ApiContext, { served, info }: ResourceCall, base: string): string {
  const make = (): string => base.slice(0, longestBase) + randomSuffix(random, suffixLength);
  let name = make();
  for (let attempt = 1; attempt < nameAttempts && served.cache.get(served.key(info.namespace, name)); attempt++)
    name = make();
  return name;
}

/** Creates `draft`, whose namespace is settled. */
export async function createObject(context: ApiContext, request: WriteRequest, draft: KubeDraft): Promise<Outcome> {
  const { call } = request;
  const { served } = call;
  const kind = served.of;
  dropSystemFields(draft);
  if (request.options.name === "CreateOptions") dedupeOwners(call, draft, "");
  if (!request.isApply) trackFields(context, request, draft, undefined);
  const settles: Settle[] = [];
  const admission = (): AdmissionRequest =>
    admissionRequest(request, "CREATE", draft.metadata.name ?? "", draft, undefined, settles);
  await context.admission.admit(admission(), call.signal);
  dedupeOwners(call, draft, "later");
  context.dropDisabled?.(kind, draft);
  const givenVersion = draft.metadata.resourceVersion ?? "";
  const base = draft.metadata.name ? "" : (draft.metadata.generateName ?? "");
  if (base) draft.metadata.name = generatedName(context, call, base);
  prepareForCreate(kind, draft, { ...factsOf(context, request), uid: uuid(context.random) });
  const write = { context, request, draft, givenVersion, isMadeUp: base !== "", admission };
  return (
    await allocated(context, served, draft, undefined, { settles, dryRun: request.options.dryRun }, () =>
      insertNamed(write),
    )
  ).outcome;
}

/** What only the server says of an object; nobody owns it. */
function dropSystemFields({ metadata }: KubeDraft): void {
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.creationTimestamp;
  delete metadata.selfLink;
}

interface Insert {
  readonly context: ApiContext;
  readonly request: WriteRequest;
  readonly draft: KubeDraft;
  /** The resourceVersion that the client sent; "" for none. */
  readonly givenVersion: string;
  readonly isMadeUp: boolean;
  readonly admission: () => AdmissionRequest;
}

async function insertNamed({
  context,
  request,
  draft,
  givenVersion,
  isMadeUp,
  admission,
}: Insert): Promise<{ readonly outcome: Outcome }> {
  const { call } = request;
  const kind = call.served.of;
  const errors = validateNew(kind, draft as KubeObject);
  if (errors.length > 0) throw invalid(judgedAs(kind), draft.metadata.name ?? "", errors);
  // Upstream: what is odd is told even if it is refused.
  addWarnings(call, draft as KubeObject);
  await context.admission.validate(admission(), call.signal);
  const name = draft.metadata.name!;
  // Upstream: the store finds this, after all others have had their say; what is no number is passed over.
  if (!request.options.dryRun && /^0*[1-9]\d*$/.test(givenVersion))
    throw badRequest("resourceVersion should not be set on objects to be created");
  const inserted = await insert(context, request, draft as KubeObject, name);
  if (inserted.ok) return inserted;
  throw isMadeUp ? noUniqueName(call, name) : existsError(call, name, inserted.current);
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
    return current ? { ok: false, current } : { ok: true, outcome: { code: 201, object } };
  }
  const written = await context.storage.put(served.cache, key, await served.toStored(object), 0);
  if (!written.ok) return { ok: false, current: written.current };
  await served.prepare?.([written.stored]);
  return { ok: true, outcome: { code: 201, stored: written.stored, object: served.show(written.stored) } };
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
