// patch: JSON patch, merge patch and strategic merge patch, applied to what stands there now and written like an update.
import { duplicateFieldText, unknownFieldText } from "#api/decode.ts";
import { isObject, type ParsedJson } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import { inTextOrder } from "#server/body-findings.ts";
import type { Reply } from "#server/pipeline.ts";
import { writeOptions } from "#server/request-options.ts";
import { applyConfiguration } from "./apply.ts";
import { decodePatched } from "./decode-patched.ts";
import type { KubeDraft } from "./prepare.ts";
import { applyPatchTo, applyType, jsonPatchType, readPatch, strategicType, type Patch } from "./read-patch.ts";
import { outcomeReply } from "./reply.ts";
import { updateObject } from "./update-object.ts";

const operationFields = new Set(["op", "path", "from", "value"]);
/** What field validation finds in a patch before it is applied; operations of a JSON patch have fields of their own. */
export function findingsIn(type: string, body: ParsedJson): string[] {
  const { value, duplicates } = body;
  const twice = duplicates.map((path) => ({ path, text: duplicateFieldText(path), isDuplicate: true }));
  if (type !== jsonPatchType || !Array.isArray(value)) return twice.map((finding) => finding.text);
  const unknown = value.flatMap((operation: unknown, i) => {
    const others = isObject(operation) ? Object.keys(operation).filter((key) => !operationFields.has(key)) : [];
    return others.map((key) => ({ path: `[${i}].${key}`, text: unknownFieldText(`[${i}].${key}`) }));
  });
  return inTextOrder(body, [...unknown, ...twice]).map((finding) => `json patch ${finding}`);
}

export const patch: Verb = (context) => async (call) => {
  const given = await readPatch(call, call.served.of);
  return given.type === applyType ? applyConfiguration(context, call, given) : patchWith(context, call, given);
};

async function patchWith(context: ApiContext, call: ResourceCall, { type, read }: Patch): Promise<Reply> {
  const options = writeOptions(call, "PatchOptions", false);
  const { served, info } = call;
  const build = (current: KubeObject): KubeDraft => {
    const body = read();
    const patched = applyPatchTo(type, current, body.value, served.of.schema) as KubeObject;
    return decodePatched(served.of, patched, {
      validation: options.fieldValidation,
      warnings: call.warnings,
      found: findingsIn(type, body),
      ...(type === strategicType ? { strategic: body.value } : {}),
    });
  };
  return outcomeReply(served, await updateObject(context, { call, options, subresource: info.subresource, build }));
}
