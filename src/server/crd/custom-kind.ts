// A CustomResourceDefinition as kinds, one for each served version: the same values that describe built-in kinds, so that
// every verb, document and table works on custom resources by what it already does. Pure.
import type { CustomResourceDefinition } from "#api/apiextensions/custom-resource-definition.ts";
import type { CustomResourceDefinitionVersion as Version } from "#api/apiextensions/definition-schema.ts";
import { schemaOf, storageVersion } from "#api/apiextensions/definition.ts";
import { cloneJson, deepEqual } from "#api/json.ts";
import {
  apiVersionOf,
  defineKind,
  scaleSubresource,
  statusSubresource,
  type AnyKind,
  type Conversion,
  type KubeObject,
  type Rules,
  type ScalePaths,
  type Subresource,
} from "#api/kind.ts";
import type { Message } from "#api/schema.ts";
import { withPrunedDefaults } from "#api/structural/check-defaults.ts";
import type { JsonSchema } from "#api/structural/json-schema.ts";
import { toKindMessage } from "#api/structural/to-message.ts";
import { toOpenApi } from "#api/structural/to-openapi.ts";
import { compareVersions } from "#server/discovery/groups.ts";
import { ruleTree, type RuleNode } from "./rules/rule-tree.ts";
import { validateRules } from "./rules/validate-rules.ts";
import { columnsOf, selectableFields } from "./columns.ts";
import { decodeCustom, defaultCustom, showCustom, storeCustom, type Shape } from "./shape.ts";
import {
  finalizerWarnings,
  validateCustom,
  validateCustomStatus,
  validateCustomUpdate,
  type CustomRules,
  type ValidateRules,
} from "./validate-custom.ts";

export interface CustomKindOptions {
  /** Converts where the definition names a webhook. */
  readonly convert?: Conversion["convert"];
}

/** The kinds of all served versions, in the order of the definition; none while no names are accepted. */
export function customKinds(crd: CustomResourceDefinition, options: CustomKindOptions = {}): AnyKind[] {
  const storage = storageVersion(crd.spec);
  if (!storage || !crd.status.acceptedNames.plural) return [];
  const place = customKind(crd, storage, storage, options);
  return crd.spec.versions
    .filter((version) => version.served)
    .map((version) => ({
      ...(version === storage ? place : customKind(crd, version, storage, options)),
    }))
    .map((kind) => ({ ...kind, storedAs: { ...kind.storedAs!, kind: place } }));
}
/** The kind in which objects are stored, whether or not it is served. */
export const storedKind = (crd: CustomResourceDefinition): AnyKind | undefined => {
  const storage = storageVersion(crd.spec);
  return storage && customKind(crd, storage, storage, {});
};

function shapeOf(crd: CustomResourceDefinition, version: Version): Shape {
  const keepsUnknown = crd.spec.preserveUnknownFields === true;
  const given = schemaOf(version);
  return {
    version: version.name,
    kind: crd.status.acceptedNames.kind,
    apiVersion: apiVersionOf({ group: crd.spec.group, version: version.name }),
    schema: given && !keepsUnknown ? withPrunedDefaults(given) : given,
    keepsUnknown,
  };
}

function customKind(
  crd: CustomResourceDefinition,
  version: Version,
  storage: Version,
  options: CustomKindOptions,
): AnyKind {
  const { group, scope } = crd.spec;
  const names = crd.status.acceptedNames;
  const shape = shapeOf(crd, version);
  const stored = version === storage ? shape : shapeOf(crd, storage);
  const { schema } = shape;
  const shapes = (apiVersion: string): Shape | undefined => {
    const written = crd.spec.versions.find((v) => apiVersion === `${group}/${v.name}`);
    return written === storage ? stored : written && shapeOf(crd, written);
  };
  const scale = scaleOf(version);
  const rules = schema && rulesWhenNeeded(schema);
  const messageName = [...group.split(".").toReversed(), version.name, names.kind].join(".");
  const convert = crd.spec.conversion?.strategy === "Webhook" ? options.convert : undefined;
  const kind: AnyKind = defineKind<KubeObject>({
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
    scope: scope === "Cluster" ? "Cluster" : "Namespaced",
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    schema: toKindMessage(messageName, schema) as unknown as Message<KubeObject>,
    columns: columnsOf(version.additionalPrinterColumns),
    selectableFields: selectableFields(version.selectableFields),
    subresources: subresourcesOf(version),
    ...(scale ? { scale } : {}),
    rules: rulesFor(shape, { schema, scale, rules }),
    unconditionalUpdate: false,
    hasGeneration: true,
    custom: true,
    verbs: customVerbs,
    decode: (value, decoding) => decodeCustom(shape, value, decoding),
    openApi: (dialect, common) => ({ ...toOpenApi(schema, dialect, common), ...selectableMark(version) }),
    ...deprecationOf(crd, version),
  });
  return {
    ...kind,
    storedAs: {
      kind,
      fromStored: (object) => showCustom(shape, object, shapes(object.apiVersion ?? "")),
      toStored: (object: KubeObject) => storeCustom(stored, object),
      ...(convert ? { conversion: { storedVersion: stored.apiVersion, convert } } : {}),
    },
  };
}

/** In the order in which discovery lists them. */
const customVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"] as const;

const subresourcesOf = ({ subresources }: Version): Subresource[] => [
  ...(subresources?.status ? [statusSubresource] : []),
  ...(subresources?.scale ? [scaleSubresource] : []),
];
function scaleOf({ subresources }: Version): ScalePaths | undefined {
  if (!subresources?.scale) return undefined;
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = subresources.scale;
  return {
    specReplicas: specReplicasPath,
    statusReplicas: statusReplicasPath,
    ...(labelSelectorPath ? { labelSelector: labelSelectorPath } : {}),
  };
}

/** Rules are compiled with the first write: there may be many definitions that nobody uses. */
function rulesWhenNeeded(schema: JsonSchema): ValidateRules {
  let tree: { readonly root: RuleNode | undefined } | undefined;
  const root = (): RuleNode | undefined => (tree ??= { root: ruleTree(schema) }).root;
  return {
    areThere: () => root() !== undefined,
    validate: (value, old, path) => (root() ? validateRules(root()!, value, old, path) : []),
  };
}

function rulesFor(shape: Shape, custom: CustomRules): Rules<KubeObject> {
  return {
    applyDefaults: (draft) => defaultCustom(shape, draft),
    prepareForStatusUpdate(draft, old) {
      const { managedFields } = draft.metadata ?? {};
      draft.metadata = { ...cloneJson(old.metadata as object), ...(managedFields ? { managedFields } : {}) };
    },
    validateCreate: (object) => validateCustom(custom, object),
    validateUpdate: (object, old) => validateCustomUpdate(custom, object, old),
    validateStatusUpdate: (object, old) => validateCustomStatus(custom, object, old),
    warnings: finalizerWarnings,
    changesGeneration: (object, old) => !deepEqual({ ...object, metadata: null }, { ...old, metadata: null }),
  };
}

const selectableMark = ({ selectableFields: fields }: Version): object =>
  fields?.length
    ? { "x-kubernetes-selectable-fields": fields.map((f) => ({ fieldPath: f.jsonPath.replace(/^\./, "") })) }
    : {};

/** The definition's own words, or what to use instead. */
function deprecationOf(crd: CustomResourceDefinition, version: Version): { deprecation?: string } {
  if (!version.deprecated) return {};
  if (version.deprecationWarning !== undefined) return { deprecation: version.deprecationWarning };
  const { group, names, versions } = crd.spec;
  const text = (name: string): string => `${group}/${name} ${names.kind}`;
  const newer = versions
    .filter((v) => v.served && !v.deprecated && compareVersions(v.name, version.name) < 0)
    .map((v) => v.name)
    .toSorted(compareVersions);
  const use = newer[0] ? `; use ${text(newer[0])}` : "";
  return { deprecation: `${text(version.name)} is deprecated${use}` };
}
