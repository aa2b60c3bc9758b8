// scale: the replica count of a workload in the form that is the same for every kind. The paths come from the kind.
import type { Scale } from "#api/autoscaling-v1/schema.ts";
import { Scale as schema } from "#api/autoscaling-v1/schema.ts";
import { invalid, notFound } from "#api/errors.ts";
import { decodeMessage } from "#api/decode.ts";
import { invalidValue } from "#api/field-error.ts";
import { cloneJson, isObject, parseJson } from "#api/json.ts";
import type { AnyKind, KubeObject, ScalePaths } from "#api/kind.ts";
import { getPath, setPath } from "#api/paths.ts";
import { exactLabels, selectorText, type Labels } from "#api/selectors.ts";
import type { LabelSelector } from "#api/meta/schema.ts";
import { jsonPatch } from "#apply/json-patch.ts";
import { mergePatch } from "#apply/merge-patch.ts";
import { strategicMerge } from "#apply/strategic-merge.ts";
import type { ApiContext, ResourceCall, Verb } from "#server/api-context.ts";
import { keyOf } from "#server/api-context.ts";
import { bodyLimitBytes, readMessage, unsupportedMediaType } from "#server/body.ts";
import { mediaType } from "#server/body-type.ts";
import type { Reply } from "#server/pipeline.ts";
import { writeOptions } from "#server/request-options.ts";
import { waitUntilFresh } from "#server/verbs/freshness.ts";
import { withMetadata, type KubeDraft } from "#server/verbs/prepare.ts";
import { updateObject } from "#server/verbs/update-object.ts";

const scaleKind = { group: "autoscaling", version: "v1", kind: "Scale", schema };

function selectorOf(object: KubeObject, path: string | undefined): string {
  const selector = path === undefined ? undefined : getPath(object, path);
  if (typeof selector === "string") return selector;
  if (!isObject(selector)) return "";
  const isPlain = !("matchLabels" in selector) && !("matchExpressions" in selector);
  return selectorText(isPlain ? exactLabels(selector as Labels) : (selector as LabelSelector));
}

export function scaleOf(paths: ScalePaths, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorOf(object, paths.labelSelector);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name: name!,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: { replicas: Number(getPath(object, paths.specReplicas) ?? 0) },
    status: { replicas: Number(getPath(object, paths.statusReplicas) ?? 0), ...(selector ? { selector } : {}) },
  } as Scale;
}

/** The object with the replicas that the scale asks for, and with its preconditions. */
function scaled(kind: AnyKind, object: KubeObject, scale: Partial<Scale>): KubeDraft {
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0)
    throw invalid(scaleKind, scale.metadata?.name ?? "", [
      invalidValue("spec.replicas", replicas, "must be greater than or equal to 0"),
    ]);
  const draft = withMetadata(cloneJson(setPath(object, kind.scale!.specReplicas, replicas)) as KubeDraft);
  const { name, uid, resourceVersion } = scale.metadata ?? {};
  draft.metadata.name = name ?? object.metadata.name;
  if (uid) draft.metadata.uid = uid;
  if (resourceVersion) draft.metadata.resourceVersion = resourceVersion;
  return draft;
}

async function write(
  context: ApiContext,
  call: ResourceCall,
  options: "UpdateOptions" | "PatchOptions",
  change: (current: Scale) => Partial<Scale>,
): Promise<Reply> {
  const kind = call.served.of;
  const outcome = await updateObject(context, {
    call,
    options: writeOptions(call, options),
    subresource: "scale",
    build: (current) => scaled(kind, current, change(scaleOf(kind.scale!, current))),
  });
  return { type: "object", code: 200, object: scaleOf(kind.scale!, outcome.object) };
}

export const getScale: Verb = (context) => async (call) => {
  await waitUntilFresh(context, call.query.get("resourceVersion") ?? "", call.signal);
  const stored = call.served.cache.get(keyOf(call));
  if (!stored) throw notFound(call.served.of, call.info.name);
  await call.served.prepare?.([stored]);
  return { type: "object", code: 200, object: scaleOf(call.served.of.scale!, call.served.show(stored)) };
};

export const updateScale: Verb = (context) => async (call) => {
  const { fieldValidation } = writeOptions(call, "UpdateOptions");
  const scale = (await readMessage(call, scaleKind, context.decodeProtobuf, fieldValidation)) as Partial<Scale>;
  return write(context, call, "UpdateOptions", () => scale);
};

const patchTypes: Readonly<Record<string, (scale: Scale, patch: unknown) => unknown>> = {
  "application/json-patch+json": jsonPatch,
  "application/merge-patch+json": mergePatch,
  "application/strategic-merge-patch+json": (scale, patch) => strategicMerge(schema, scale, patch),
};
export const patchScale: Verb = (context) => async (call) => {
  const apply = patchTypes[mediaType(call)];
  if (!apply) throw unsupportedMediaType(Object.keys(patchTypes));
  const patch = call.parsedBody ?? parseJson(await call.body(bodyLimitBytes)).value;
  return write(context, call, "PatchOptions", (current) => {
    const patched = decodeMessage(schema, apply(current, patch), { unknownFields: "ignore", as: scaleKind });
    return patched.draft as Partial<Scale>;
  });
};
