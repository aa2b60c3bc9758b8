// The body of a patch: its type, its value, and what is wrong with it in upstream's words. An error in the text is told
// when the patch is about to be applied: that there is nothing to apply it to comes first.
import { ApiError, badRequest } from "#api/errors.ts";
import { isObject, parseJson, type ParsedJson } from "#api/json.ts";
import type { AnyKind } from "#api/kind.ts";
import { parseYaml } from "#api/yaml.ts";
import { jsonPatch } from "#apply/json-patch.ts";
import { mergePatch } from "#apply/merge-patch.ts";
import { strategicMerge } from "#apply/strategic-merge.ts";
import type { Message } from "#api/schema.ts";
import { bodyLimitBytes, unsupportedMediaType } from "#server/body.ts";
import { mediaType } from "#server/body-type.ts";
import type { Call } from "#server/pipeline.ts";

export const jsonPatchType = "application/json-patch+json";
export const mergeType = "application/merge-patch+json";
export const strategicType = "application/strategic-merge-patch+json";
export const applyType = "application/apply-patch+yaml";
const offered = [jsonPatchType, mergeType, applyType, strategicType];

/** The media type of a patch. Throws UnsupportedMediaType. */
export function patchTypeOf(call: Call, kind: AnyKind): string {
  const type = mediaType(call);
  // Upstream: custom resources have no types that a strategic merge could follow, and a handler of their own.
  if (kind.custom) {
    const accepted = offered.filter((other) => other !== strategicType);
    if (!accepted.includes(type)) throw unsupportedMediaType(accepted);
  } else if (!offered.includes(type))
    throw new ApiError("UnsupportedMediaType", "415: Unsupported Media Type", { details: {} });
  return type;
}

export interface Patch {
  readonly type: string;
  /** Throws BadRequest where the text is not JSON or YAML. */
  read(): ParsedJson;
}

export async function readPatch(call: Call, kind: AnyKind): Promise<Patch> {
  const type = patchTypeOf(call, kind);
  if (call.parsedBody !== undefined) {
    const body: ParsedJson = { value: call.parsedBody, duplicates: [] };
    return { type, read: () => body };
  }
  const bytes = await call.body(bodyLimitBytes);
  let body: ParsedJson | undefined;
  let failure: unknown;
  try {
    body = type === applyType ? await parseYaml(bytes, { duplicates: true }) : parseJson(bytes, { duplicates: true });
  } catch (error) {
    failure = asPatchError(type, error);
  }
  return {
    type,
    read() {
      if (!body) throw failure;
      return body;
    },
  };
}

const typeHead = "couldn't get version/kind; json parse error: ";
const decoding = "error decoding patch: ";
const heads: Readonly<Record<string, string>> = {
  [jsonPatchType]: decoding,
  [mergeType]: decoding,
  [applyType]: "error decoding YAML: error converting YAML to JSON: ",
};
function asPatchError(type: string, error: unknown): unknown {
  if (!(error instanceof ApiError) || error.reason !== "BadRequest") return error;
  return badRequest((heads[type] ?? "") + error.message.replace(typeHead, ""));
}

const nameOf = (value: unknown): string => {
  const type = Array.isArray(value) ? "array" : typeof value;
  return type === "boolean" ? "bool" : type;
};
const mistyped = (value: unknown, type: string): string =>
  `json: cannot unmarshal ${nameOf(value)} into Go value of type ${type}`;

/** The patched document. Throws ApiError. */
export function applyPatchTo(type: string, document: unknown, patch: unknown, schema: Message<unknown>): unknown {
  switch (type) {
    case jsonPatchType: {
      if (patch === null) return document;
      if (!Array.isArray(patch)) throw badRequest(decoding + mistyped(patch, "[]handlers.jsonPatchOp"));
      const wrong: unknown = patch.find((operation) => operation !== null && !isObject(operation));
      if (wrong !== undefined) throw badRequest(decoding + mistyped(wrong, "handlers.jsonPatchOp"));
      return jsonPatch(document, patch);
    }
    case mergeType:
      if (patch === null) throw badRequest("Invalid JSON Patch");
      if (!isObject(patch)) throw badRequest(decoding + mistyped(patch, "map[string]interface {}"));
      return mergePatch(document, patch);
    default:
      if (patch === null) return document;
      if (!isObject(patch)) throw badRequest(mistyped(patch, "map[string]interface {}"));
      return strategicMerge(schema, document, patch);
  }
}
