// delete: one object, by the plan of plan-delete.ts.
import { badRequest, conflict, notFound, staleMessage } from "#api/errors.ts";
import { decodeMessage } from "#api/decode.ts";
import { isObject } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import { DeleteOptions as DeleteOptionsSchema } from "#api/meta/options-schema.ts";
import { notRegistered } from "#server/body-type.ts";
import { readBody } from "#server/body.ts";
import type { AdmissionRequest } from "#server/admission/admission.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import type { StoredObject } from "#server/cache/stored-object.ts";
import type { Reply } from "#server/pipeline.ts";
import { deleteOptions, type DeleteOptions } from "#server/request-options.ts";
import { checkPreconditions, orphansByDefault, planDelete } from "./plan-delete.ts";
import { annotating } from "./write-request.ts";
import { deletedStatus, statusReply, storedReply } from "./reply.ts";

const attempts = 64;
const jobWarning =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set " +
  "propagationPolicy=Orphan to suppress this warning";

export type Deletion =
  | { readonly type: "gone"; readonly object: KubeObject }
  /** It stays for now; `stored` is absent on a dry run. */
  | { readonly type: "stays"; readonly object: KubeObject; readonly stored?: StoredObject };

export async function readDeleteOptions(context: ApiContext, call: ResourceCall): Promise<DeleteOptions> {
  const { value } = await readBody(call, "Ignore", context.decodeProtobuf);
  return deleteOptions(value === undefined ? undefined : decodeOptions(value ?? {}), call.query);
}

const typeOnly =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
/** Throws BadRequest. Options are read by their kind, and not by that of the resource: the texts have no head. */
function decodeOptions(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) {
    const given = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    throw badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${given} into Go value of type ${typeOnly}`,
    );
  }
  const { kind, apiVersion } = value;
  if (typeof kind === "string" && kind !== "" && kind !== "DeleteOptions")
    throw badRequest(notRegistered(kind, typeof apiVersion === "string" && apiVersion ? apiVersion : "meta.k8s.io/v1"));
  return decodeMessage(DeleteOptionsSchema, value, { unknownFields: "ignore" }).draft;
}

/** Upstream: Jobs are the one kind whose dependents stay behind unless somebody says otherwise. */
export function warnOfOrphans({ served, warnings }: ResourceCall, options: DeleteOptions): void {
  const isUnsaid = options.propagationPolicy === undefined && options.orphanDependents === undefined;
  if (isUnsaid && orphansByDefault(served.of) && served.of.group === "batch") warnings.push(jobWarning);
}

export const deleteObject: Verb = (context) => async (call) => {
  const options = await readDeleteOptions(context, call);
  const { served, info } = call;
  warnOfOrphans(call, options);
  const deletion = await deleteStored(context, call, served.key(info.namespace, info.name), options);
  return replyOf(call, deletion, options);
};

function replyOf({ served }: ResourceCall, deletion: Deletion, options: DeleteOptions): Reply {
  if (deletion.type === "gone" && !served.of.returnsDeleted) return statusReply(deletedStatus(served, deletion.object));
  const code = deletion.type === "stays" && options.orphanDependents === false ? 202 : 200;
  return deletion.type === "stays" && deletion.stored
    ? storedReply(served, deletion.stored, code)
    : { type: "object", code, of: served.of, object: deletion.object };
}

/** Deletes or marks what stands under `key`. */
export async function deleteStored(
  context: ApiContext,
  call: ResourceCall,
  key: string,
  options: DeleteOptions,
): Promise<Deletion> {
  const { served } = call;
  const name = key.slice(key.lastIndexOf("/") + 1);
  let current = served.cache.get(key);
  let isFresh = false;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (!isFresh && (!current || options.preconditions)) {
      current = await context.storage.read(served.cache, key);
      isFresh = true;
    }
    if (!current) throw notFound(served.of, name);
    await served.prepare?.([current]);
    const old = served.show(current);
    checkPreconditions(served.of, old, options);
    // Upstream: of a collection no name is told.
    const admission = deleteAdmission(call, call.info.name, old, options);
    await context.admission.admit(admission, call.signal);
    await context.admission.validate(admission, call.signal);
    const result = await carryOut(context, call, current, options);
    if (result.ok) return result.deletion;
    current = result.current;
    isFresh = true;
    call.signal.throwIfAborted();
  }
  throw conflict(served.of, name, staleMessage);
}

type Attempt = { ok: true; deletion: Deletion } | { ok: false; current: StoredObject | undefined };

async function carryOut(
  context: ApiContext,
  { served }: ResourceCall,
  current: StoredObject,
  options: DeleteOptions,
): Promise<Attempt> {
  const old = served.show(current);
  const plan = planDelete(served.of, old, options, context.clock.now());
  if (plan.type === "pending") return { ok: true, deletion: { type: "stays", object: old, stored: current } };
  if (options.dryRun)
    return {
      ok: true,
      deletion:
        plan.type === "mark"
          ? { type: "stays", object: plan.object }
          : { type: "gone", object: (plan.type === "remove" && plan.shown) || old },
    };
  const written =
    plan.type === "mark"
      ? await context.storage.put(served.cache, current.key, await served.toStored(plan.object), current.revision)
      : await context.storage.delete(served.cache, current);
  if (!written.ok) return { ok: false, current: written.current };
  await served.prepare?.([written.stored]);
  const object = served.show(written.stored);
  if (plan.type === "remove") return { ok: true, deletion: { type: "gone", object: plan.shown ?? object } };
  return { ok: true, deletion: { type: "stays", object, stored: written.stored } };
}

function deleteAdmission(call: ResourceCall, name: string, old: KubeObject, options: DeleteOptions): AdmissionRequest {
  return {
    operation: "DELETE",
    of: call.served.of,
    subresource: "",
    namespace: call.info.namespace,
    name,
    object: undefined,
    old,
    user: call.user,
    dryRun: options.dryRun,
    options,
    warn: (text) => void call.warnings.push(text),
    ...annotating(call),
  };
}
