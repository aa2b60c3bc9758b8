// scale: the replica count of a workload in the form that is the same for every kind. The paths come from the kind.
import type { Scale } from "#api/autoscaling-v1/schema.ts";
import { Scale as scaleOfAll } from "#api/autoscaling-v1/scale.ts";
import { invalid, notFound } from "#api/errors.ts";
import { invalidValue } from "#api/field-error.ts";
import { cloneJson, isObject } from "#api/json.ts";
import type { AnyKind, KubeObject, ScalePaths } from "#api/kind.ts";
import { getPath, setPath } from "#api/paths.ts";
import type { Draft } from "#api/schema.ts";
import { exactLabels, selectorText, type Labels } from "#api/selectors.ts";
import type { LabelSelector, ManagedFieldsEntry } from "#api/meta/schema.ts";
import { applyPatch } from "#apply/managed-fields/apply-patch.ts";
import { recordUpdate } from "#apply/managed-fields/record-update.ts";
import {
  entriesOfObject,
  entriesOfScale,
  scaleApiVersion,
  type ScaleFields,
} from "#apply/managed-fields/scale-fields.ts";
import { keyOf, timestamp, type ApiContext, type ResourceCall, type Verb } from "#server/api-context.ts";
import { readMessage } from "#server/body.ts";
import type { Reply } from "#server/pipeline.ts";
import type { Served } from "#server/registry.ts";
import { writeOptions, type WriteOptions } from "#server/request-options.ts";
import { decodePatched } from "#server/verbs/decode-patched.ts";
import { waitUntilFresh } from "#server/verbs/freshness.ts";
import { withMetadata, type KubeDraft } from "#server/verbs/prepare.ts";
import { findingsIn } from "#server/verbs/patch.ts";
import { applyPatchTo, applyType, readPatch, strategicType } from "#server/verbs/read-patch.ts";
import { updateObject } from "#server/verbs/update-object.ts";
import { settleNamespace } from "#server/verbs/write-request.ts";

const scaleKind = scaleOfAll as unknown as AnyKind;

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
  const replicas = Number(getPath(object, paths.specReplicas) ?? 0);
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
    spec: replicas > 0 ? { replicas } : {},
    status: { replicas: Number(getPath(object, paths.statusReplicas) ?? 0), ...(selector ? { selector } : {}) },
  } as Scale;
}

/** The scale with the entries of metadata.managedFields that are about it. */
function ownedScale({ served }: ResourceCall, object: KubeObject): Scale {
  const scale = scaleOf(served.of.scale!, object);
  const managedFields = entriesOfScale(fieldsOf(served), object.metadata.managedFields);
  return managedFields.length > 0 ? { ...scale, metadata: { ...scale.metadata, managedFields } } : scale;
}
const fieldsOf = (served: Served): ScaleFields => ({
  apiVersion: served.apiVersion,
  specReplicas: served.of.scale!.specReplicas,
});

/** The object with the replicas that the scale asks for, with its preconditions, and with who owns the replicas. */
function scaled(
  { served }: ResourceCall,
  object: KubeObject,
  scale: Partial<Scale>,
  entries: readonly ManagedFieldsEntry[],
): KubeDraft {
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0)
    throw invalid(scaleKind, object.metadata.name ?? "", [
      invalidValue("spec.replicas", replicas, "must be greater than or equal to 0"),
    ]);
  const draft = withMetadata(cloneJson(setPath(object, served.of.scale!.specReplicas, replicas)) as KubeDraft);
  const { name, uid, resourceVersion } = scale.metadata ?? {};
  draft.metadata.name = name ?? "";
  if (uid) draft.metadata.uid = uid;
  draft.metadata.resourceVersion = resourceVersion ?? "";
  const managedFields = entriesOfObject(fieldsOf(served), object.metadata.managedFields, entries);
  if (managedFields.length > 0) draft.metadata.managedFields = managedFields as Managed;
  else delete draft.metadata.managedFields;
  return draft;
}
type Managed = KubeDraft["metadata"]["managedFields"];

interface Changed {
  readonly scale: Partial<Scale>;
  readonly entries: readonly ManagedFieldsEntry[];
}

async function write(
  context: ApiContext,
  call: ResourceCall,
  options: WriteOptions,
  change: (current: Scale) => Changed,
): Promise<Reply> {
  const build = (current: KubeObject): KubeDraft => {
    const { scale, entries } = change(ownedScale(call, current));
    return scaled(call, current, scale, entries);
  };
  const outcome = await updateObject(context, { call, options, subresource: "scale", isApply: true, build });
  return { type: "object", code: 200, object: scaleOf(call.served.of.scale!, outcome.object) };
}

/** What an ordinary write changes, and who owns it then. */
function tracked(context: ApiContext, options: WriteOptions, current: Scale, scale: Partial<Scale>): Changed {
  const entries = recordUpdate({
    schema: scaleKind.schema,
    live: current,
    object: { ...current, spec: scale.spec ?? {} },
    manager: options.fieldManager,
    apiVersion: scaleApiVersion,
    subresource: "scale",
    time: timestamp(context.clock.now()),
  });
  return { scale, entries };
}

export const getScale: Verb = (context) => async (call) => {
  await waitUntilFresh(context, call.query.get("resourceVersion") ?? "", call.signal);
  const stored = call.served.cache.get(keyOf(call));
  if (!stored) throw notFound(call.served.of, call.info.name);
  await call.served.prepare?.([stored]);
  return { type: "object", code: 200, object: scaleOf(call.served.of.scale!, call.served.show(stored)) };
};

export const updateScale: Verb = (context) => async (call) => {
  const options = writeOptions(call, "UpdateOptions");
  const { fieldValidation } = options;
  const scale = withMetadata(
    (await readMessage(call, scaleKind, context.decodeProtobuf, fieldValidation)) as Draft<KubeObject>,
  );
  settleNamespace(scale, call.info.namespace);
  return write(context, call, options, (current) => tracked(context, options, current, scale as Partial<Scale>));
};

export const patchScale: Verb = (context) => async (call) => {
  const patch = await readPatch(call, call.served.of);
  const isApply = patch.type === applyType;
  const options = writeOptions(call, "PatchOptions", isApply);
  return write(context, call, options, (current) => {
    const body = patch.read();
    if (!isApply) {
      const patched = decodePatched(scaleKind, applyPatchTo(patch.type, current, body.value, scaleKind.schema), {
        validation: options.fieldValidation,
        warnings: call.warnings,
        found: findingsIn(patch.type, body),
        ...(patch.type === strategicType ? { strategic: body.value } : {}),
      });
      return tracked(context, options, current, patched as unknown as Partial<Scale>);
    }
    const applied = applyPatch({
      schema: scaleKind.schema,
      apiVersion: scaleApiVersion,
      kind: "Scale",
      live: current,
      config: body.value,
      manager: options.fieldManager,
      force: options.force ?? false,
      subresource: "scale",
      time: timestamp(context.clock.now()),
    });
    const scale = decodePatched(scaleKind, applied.object, { validation: "Ignore", warnings: call.warnings });
    return { scale: scale as unknown as Partial<Scale>, entries: applied.managedFields };
  });
};
