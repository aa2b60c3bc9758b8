// patch: JSON patch, merge patch and strategic merge patch, applied to what stands there now and written like an update.
import { duplicateFieldText, unknownFieldText } from "#api/decode.ts";
import { isObject, parseJson, type ParsedJson } from "#api/json.ts";
import { parseYaml } from "#api/yaml.ts";
import type { AnyKind, KubeObject } from "#api/kind.ts";
import { jsonPatch } from "#apply/json-patch.ts";
import { mergePatch } from "#apply/merge-patch.ts";
import { strategicMerge } from "#apply/strategic-merge.ts";
import { bodyLimitBytes, unsupportedMediaType } from "#server/body.ts";
import { mediaType } from "#server/body-type.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import { inTextOrder } from "#server/body-findings.ts";
import type { Reply } from "#server/pipeline.ts";
import { writeOptions } from "#server/request-options.ts";
import { applyConfiguration } from "./apply.ts";
import { decodePatched } from "./decode-patched.ts";
import type { KubeDraft } from "./prepare.ts";
import { outcomeReply } from "./reply.ts";
import { updateObject } from "./update-object.ts";

type ApplyPatch = (kind: AnyKind, object: KubeObject, patch: unknown) => unknown;
const patchTypes: Readonly<Record<string, ApplyPatch>> = {
  "application/json-patch+json": (_, object, patch) => jsonPatch(object, patch),
  "application/merge-patch+json": (_, object, patch) => mergePatch(object, patch),
  "application/strategic-merge-patch+json": (kind, object, patch) => strategicMerge(kind.schema, object, patch),
};
const strategicType = "application/strategic-merge-patch+json";
export const applyType = "application/apply-patch+yaml";
const offered = ["application/json-patch+json", "application/merge-patch+json", applyType, strategicType];

/** What patches of a kind may be written in. */
const acceptedTypes = (kind: AnyKind): readonly string[] =>
  kind.custom ? offered.filter((type) => type !== strategicType) : offered;

async function readPatch(call: ResourceCall, type: string): Promise<ParsedJson> {
  if (call.parsedBody !== undefined) return { value: call.parsedBody, duplicates: [] };
  const bytes = await call.body(bodyLimitBytes);
  return type === applyType ? parseYaml(bytes, { duplicates: true }) : parseJson(bytes, { duplicates: true });
}

const operationFields = new Set(["op", "path", "from", "value"]);
/** What field validation finds in a patch before it is applied; operations of a JSON patch have fields of their own. */
function findingsIn(type: string, body: ParsedJson): string[] {
  const { value, duplicates } = body;
  const twice = duplicates.map((path) => ({ path, text: duplicateFieldText(path), isDuplicate: true }));
  if (type !== "application/json-patch+json" || !Array.isArray(value)) return twice.map((finding) => finding.text);
  const unknown = value.flatMap((operation: unknown, i) => {
    const others = isObject(operation) ? Object.keys(operation).filter((key) => !operationFields.has(key)) : [];
    return others.map((key) => ({ path: `[${i}].${key}`, text: unknownFieldText(`[${i}].${key}`) }));
  });
  return inTextOrder(body, [...unknown, ...twice]).map((finding) => `json patch ${finding}`);
}

export const patch: Verb = (context) => async (call) => {
  const type = mediaType(call);
  if (!acceptedTypes(call.served.of).includes(type)) throw unsupportedMediaType(acceptedTypes(call.served.of));
  const apply = patchTypes[type];
  const body = await readPatch(call, type);
  if (!apply) return applyConfiguration(context, call, body);
  return patchWith(context, call, (kind, object) => apply(kind, object, body.value), findingsIn(type, body));
};

async function patchWith(
  context: ApiContext,
  call: ResourceCall,
  apply: (kind: AnyKind, object: KubeObject) => unknown,
  found: readonly string[],
): Promise<Reply> {
  const options = writeOptions(call, "PatchOptions", false);
  const { served, info } = call;
  const build = (current: KubeObject): KubeDraft => {
    const patched = apply(served.of, current);
    return decodePatched(served.of, patched, options.fieldValidation, call.warnings, found);
  };
  return outcomeReply(served, await updateObject(context, { call, options, subresource: info.subresource, build }));
}
