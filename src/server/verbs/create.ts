// create: POST to a collection.
import { decodeBody, readTyped } from "#server/body.ts";
import type { Verb } from "#server/api-context.ts";
import { noteRequest } from "#server/audit/note-request.ts";
import { writeOptions } from "#server/request-options.ts";
import { withMetadata } from "./prepare.ts";
import { outcomeReply } from "./reply.ts";
import { createObject } from "./create-object.ts";
import { settleNamespace } from "./write-request.ts";

export const create: Verb = (context) => async (call) => {
  const options = writeOptions(call, "CreateOptions");
  const body = await readTyped(call, call.served.of, options.fieldValidation, context.decodeProtobuf);
  const draft = withMetadata(decodeBody(call.served.of, body, options.fieldValidation, call.warnings));
  noteRequest(call, call.served.of, draft);
  settleNamespace(draft, call.info.namespace);
  return outcomeReply(call.served, await createObject(context, { call, options, subresource: "" }, draft));
};
