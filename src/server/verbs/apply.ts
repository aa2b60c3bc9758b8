// apply: server-side apply. The configuration is merged by ownership of fields; an object that is missing is created.
import { badRequest, conflict, isReason, notFound } from "#api/errors.ts";
import type { KubeObject } from "#api/kind.ts";
import { applyPatch } from "#apply/managed-fields/apply-patch.ts";
import { resetFieldsOf } from "#apply/managed-fields/reset-fields.ts";
import { timestamp, type ApiContext, type ResourceCall } from "#server/api-context.ts";
import { reportFields, yamlFinding } from "#server/body.ts";
import type { Reply } from "#server/pipeline.ts";
import { writeOptions } from "#server/request-options.ts";
import { decodePatched } from "./decode-patched.ts";
import type { KubeDraft } from "./prepare.ts";
import type { Patch } from "./read-patch.ts";
import { outcomeReply } from "./reply.ts";
import { authorizeCreate } from "./update.ts";
import { createObject } from "./create-object.ts";
import { updateObject } from "./update-object.ts";
import { checkName, settleNamespace, type Outcome } from "./write-request.ts";

/** How often a create may lose to another one and become an update. */
const attempts = 5;

export async function applyConfiguration(context: ApiContext, call: ResourceCall, patch: Patch): Promise<Reply> {
  const options = writeOptions(call, "PatchOptions", true);
  const { served, info } = call;
  const { subresource } = info;
  const merged = (live: KubeObject | undefined): KubeDraft => {
    const body = patch.read();
    const { object, managedFields } = applyPatch({
      schema: served.of.schema,
      apiVersion: served.apiVersion,
      kind: served.kind,
      live,
      config: body.value,
      manager: options.fieldManager,
      force: options.force ?? false,
      subresource,
      time: timestamp(context.clock.now()),
      resetFields: resetFieldsOf(served.of, subresource),
    });
    reportFields(yamlFinding(body), options.fieldValidation, call.warnings, () =>
      badRequest(`error strict decoding YAML: error converting YAML to JSON: ${yamlFinding(body).join("")}`),
    );
    const draft = decodePatched(served.of, object, { validation: "Ignore", warnings: call.warnings, isApplied: true });
    if (managedFields.length > 0)
      draft.metadata.managedFields = managedFields as KubeDraft["metadata"]["managedFields"];
    else delete draft.metadata.managedFields;
    return draft;
  };
  const write = { call, options, subresource, isApply: true };
  const create = async (): Promise<Outcome> => {
    if (subresource) throw notFound(served.of, info.name);
    await authorizeCreate(context, call);
    const draft = merged(undefined);
    checkName(draft, info.name);
    settleNamespace(draft, info.namespace);
    const { uid } = draft.metadata;
    if (uid)
      throw conflict(
        served.of,
        info.name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    delete draft.metadata.resourceVersion;
    return createObject(context, write, draft);
  };
  for (let attempt = 1; ; attempt++)
    try {
      return outcomeReply(served, await updateObject(context, { ...write, build: merged, create }));
    } catch (error) {
      if (attempt === attempts || !isReason(error, "AlreadyExists")) throw error;
    }
}
