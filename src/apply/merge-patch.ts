// JSON merge patch (RFC 7386): objects merge key by key, null removes, everything else replaces.
import { badRequest } from "#api/errors.ts";
import { cloneJson, isObject, setKey } from "#api/json.ts";

type Json = Record<string, unknown>;

/** The patched document; neither argument is changed. The patch of an API object must itself be an object. */
export function mergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) {
    const kind = Array.isArray(patch) ? "array" : typeof patch;
    throw badRequest(`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`);
  }
  return merge(document, patch);
}

function merge(document: unknown, patch: Json): Json {
  const merged: Json = {};
  if (isObject(document))
    for (const key in document) if (!Object.hasOwn(patch, key)) setKey(merged, key, document[key]);
  for (const key in patch) {
    const change = patch[key];
    if (change === null) continue;
    const current = isObject(document) && Object.hasOwn(document, key) ? document[key] : undefined;
    setKey(merged, key, isObject(change) ? merge(current, change) : cloneJson(change));
  }
  return merged;
}
