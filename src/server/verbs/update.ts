// update: PUT of a whole object, or of its status. Some kinds are created this way where they are missing.
import { cloneJson } from "#api/json.ts";
import { decodeBody, readTyped } from "#server/body.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import { authorized } from "#server/stages/authorize.ts";
import { noteRequest } from "#server/audit/note-request.ts";
import { writeOptions } from "#server/request-options.ts";
import { withMetadata, type KubeDraft } from "./prepare.ts";
import { outcomeReply } from "./reply.ts";
import { createObject } from "./create-object.ts";
import { checkIdentity, updateObject } from "./update-object.ts";
import { checkName, settleNamespace, type Outcome } from "./write-request.ts";

export const update: Verb = (context) => async (call) => {
  const options = writeOptions(call, "UpdateOptions");
  const { served, info } = call;
  const body = await readTyped(call, served.of, options.fieldValidation, context.decodeProtobuf);
  const draft = withMetadata(decodeBody(served.of, body, options.fieldValidation, call.warnings));
  noteRequest(call, served.of, draft);
  settleNamespace(draft, info.namespace);
  checkName(draft, info.name);
  const write = { call, options, subresource: info.subresource };
  // An attempt edits its draft, hence a copy for each.
  const build = (): KubeDraft => cloneJson(draft);
  const create = async (): Promise<Outcome> => {
    checkIdentity(call, draft, undefined);
    await authorizeCreate(context, call);
    const { resourceVersion: _, ...metadata } = draft.metadata;
    return createObject(context, write, { ...draft, metadata });
  };
  const mayCreate = served.of.createOnUpdate && info.subresource === "";
  return outcomeReply(served, await updateObject(context, { ...write, build, ...(mayCreate ? { create } : {}) }));
};

/** Who may update may not always create. */
export async function authorizeCreate(context: ApiContext, call: ResourceCall): Promise<void> {
  await authorized(context.authorizer, call.user, { ...call.info, verb: "create" }, call);
}
