// A kind: everything the system knows of one resource type, in one value. Built-in kinds are such values in source,
// a CustomResourceDefinition is read into the same shape, and every part of the server works from it alone.
import type { Decoded, DecodeOptions } from "#api/decode.ts";
import type { FieldError } from "#api/field-error.ts";
import type { ObjectMeta } from "#api/meta/schema.ts";
import type { Draft, Message } from "#api/schema.ts";

/** What every stored object looks like. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface GroupVersion {
  /** "" is the core group. */
  readonly group: string;
  readonly version: string;
}
export interface GroupVersionKind extends GroupVersion {
  readonly kind: string;
}
export interface GroupVersionResource extends GroupVersion {
  readonly plural: string;
}
/** "apps/v1", or "v1" for the core group. */
export const apiVersionOf = (gv: GroupVersion): string => (gv.group ? `${gv.group}/${gv.version}` : gv.version);
export function parseApiVersion(apiVersion: string): GroupVersion {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export type Cell = string | number | boolean | null;
/** A column of `kubectl get`. Priority 0 is always shown, 1 only with -o wide. */
export interface Column<T> {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: "name" | "int32" | "int64" | "date-time";
  readonly description: string;
  readonly priority?: number;
  /** `now` in milliseconds, for ages. */
  readonly value: (object: T, now: number) => Cell;
}

export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Where the replica numbers lie, as dotted paths (".spec.replicas"). */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly labelSelector?: string;
}
export interface Subresource {
  readonly name: string;
  /** HTTP-level verbs it answers: get, update, patch, create, delete. */
  readonly verbs: readonly string[];
  /** The kind of its body where that is not the parent's. */
  readonly body?: GroupVersionKind;
}

/** Who asks and when; for rules that stamp such facts into an object. */
export interface RequestFacts {
  readonly now: number;
  readonly user: {
    readonly name: string;
    readonly uid?: string;
    readonly groups: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly dryRun: boolean;
  /** Of the object that is made. */
  readonly uid?: string;
}

/** "own": the kind's rules check the name themselves. */
export type NameRule = "dnsSubdomain" | "dnsLabel" | "dns1035Label" | "pathSegment" | "configMapKey" | "own";

/** What a kind does beyond its schema. Every part is pure; drafts may be edited, objects not. */
export interface Rules<T> {
  /** Defaults that the schema's constants cannot express; runs after them on every decode. */
  applyDefaults?(draft: Draft<T>): void;
  prepareForCreate?(draft: Draft<T>, facts: RequestFacts): void;
  /** What a client is taken to have written, where that is more than it sent; for metadata.managedFields. */
  asTracked?(object: T): T;
  /** Before a write to the main resource; the status is already that of `old`. `now` in milliseconds. */
  prepareForUpdate?(draft: Draft<T>, old: T, now: number): void;
  /** Before a write to /status; all but metadata and the status is already that of `old`. `now` in milliseconds. */
  prepareForStatusUpdate?(draft: Draft<T>, old: T, now: number): void;
  /** By subresource, before a write to it; all but its part is already that of `old`. */
  readonly preparePart?: Readonly<Record<string, (draft: Draft<T>, old: T, now: number) => void>>;
  /** On create and on update. */
  validate?(object: T): FieldError[];
  /** On create only, after `validate`. */
  validateCreate?(object: T): FieldError[];
  validateUpdate?(object: T, old: T): FieldError[];
  /** On updates the findings of `validateUpdate` come before those of `validate`. */
  readonly changesFirst?: boolean;
  validateStatusUpdate?(object: T, old: T): FieldError[];
  /** By subresource (resize, finalize, approval): all that must hold for a write to it, in place of the two others. */
  readonly validatePart?: Readonly<Record<string, (object: T, old: T) => FieldError[]>>;
  /** Texts for Warning headers. */
  warnings?(object: T, old?: T): string[];
  /** Grace in seconds when the client asked for `asked`; undefined: the kind is deleted at once. */
  deletionGraceSeconds?(object: T, asked: number | undefined): number | undefined;
  /** What the first delete does to the object besides marking it; finalizers that it adds hold the object. */
  prepareForDelete?(object: T, now: number): T;
  /** A create may bring a status along (Node); else it is dropped where there is a status subresource. */
  readonly keepsStatusOnCreate?: boolean;
  /** Whether a write moves metadata.generation; default: when anything but metadata and status changed. */
  changesGeneration?(object: T, old: T): boolean;
}

export interface Kind<T extends KubeObject = KubeObject> extends GroupVersionKind, GroupVersionResource {
  readonly singular: string;
  readonly listKind: string;
  readonly scope: "Namespaced" | "Cluster";
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** create, delete, deletecollection, get, list, patch, update, watch; fewer for review kinds. */
  readonly verbs: readonly string[];
  readonly schema: Message<T>;
  /** Absent: Name and Age. */
  readonly columns?: readonly Column<T>[];
  /** Conditions of an object's table row; clients hide rows that are Completed. */
  readonly rowConditions?: (object: T) => readonly RowCondition[];
  /** Field selectors beyond metadata.name and metadata.namespace. */
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>;
  readonly subresources: readonly Subresource[];
  readonly scale?: ScalePaths;
  readonly rules: Rules<T>;
  readonly nameRule: NameRule;
  /** PUT to a missing name creates it. */
  readonly createOnUpdate: boolean;
  /** PUT without a resourceVersion overwrites; else it is an error. */
  readonly unconditionalUpdate: boolean;
  /** Read from a CustomResourceDefinition: its schema knows no strategic merge. */
  readonly custom?: boolean;
  /** Reads a body in place of the schema's decoder, which drops and reports other things. Throws ApiError BadRequest. */
  readonly decode?: (value: unknown, options: DecodeOptions) => Decoded<T>;
  /** The definition in OpenAPI documents where the schema does not say all; `common` refers to the parts of every object. */
  readonly openApi?: (dialect: 2 | 3, common: OpenApiParts) => Readonly<Record<string, unknown>>;
  /** A Warning on every use. */
  readonly deprecation?: string;
  /** DELETE answers with the object as it was, not with a Status. */
  readonly returnsDeleted: boolean;
  /** metadata.generation is kept. */
  readonly hasGeneration: boolean;
  /** The version that storageVersionHash names where upstream stores another one than this; nobody else sees it. */
  readonly hashedVersion?: string;
  /** Another served version of the same stored object: its storage is that kind's. */
  readonly storedAs?: StoredAs<T>;
}
export interface StoredAs<T extends KubeObject> {
  readonly kind: Kind;
  /** From the stored object to this version and back. */
  readonly fromStored: (object: KubeObject) => T;
  readonly toStored: (object: T) => KubeObject;
  /** Where somebody else converts (a webhook): many objects at once, to one version. What comes back is then shown, or
   * stored, by the two functions above, which convert nothing more. */
  readonly conversion?: Conversion;
}
export interface Conversion {
  /** Objects that are written in it already need no conversion. */
  readonly storedVersion: string;
  readonly convert: (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly KubeObject[]>;
}
/** What every object has, as an OpenAPI document refers to it. */
export interface OpenApiParts {
  readonly apiVersion: Readonly<Record<string, unknown>>;
  readonly kind: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type KindDefinition<T extends KubeObject> = GroupVersionKind &
  Pick<Kind<T>, "plural" | "scope" | "schema"> &
  Partial<Omit<Kind<T>, "schema">>;

const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;
export const statusSubresource: Subresource = { name: "status", verbs: ["get", "patch", "update"] };
export const scaleSubresource: Subresource = {
  name: "scale",
  verbs: ["get", "patch", "update"],
  body: { group: "autoscaling", version: "v1", kind: "Scale" },
};

/** Declares a kind; what is left out takes the usual value. */
export function defineKind<T extends KubeObject>(definition: KindDefinition<T>): Kind<T> {
  const hasStatus = definition.subresources?.some((s) => s.name === "status") ?? false;
  return {
    singular: definition.kind.toLowerCase(),
    listKind: `${definition.kind}List`,
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    selectableFields: {},
    subresources: [],
    rules: {},
    nameRule: "dnsSubdomain",
    createOnUpdate: false,
    unconditionalUpdate: true,
    returnsDeleted: false,
    hasGeneration: hasStatus,
    ...definition,
  };
}

/** The type of a kind's objects. */
export type ObjectOf<K> = K extends Kind<infer T> ? T : never;
/** Any kind, where the object type does not matter. Kind is invariant in T, hence the escape. */
// eslint-disable-next-line
export type AnyKind = Kind<any>;

/** Name and namespace of an object; the namespace is "" for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}
/** "namespace/name", or "name" alone. */
export const keyText = (key: ObjectKey): string => (key.namespace ? `${key.namespace}/${key.name}` : key.name);
export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name!}` : object.metadata.name!;
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
