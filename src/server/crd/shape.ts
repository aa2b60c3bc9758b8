// How objects of one version of a custom kind are read: from requests, where errors count, and from the store, where what
// an older schema let in is brought into line. Pure.
import { cannotBeHandled, type Decoded, type DecodeOptions } from "#api/decode.ts";
import { ApiError, badRequest } from "#api/errors.ts";
import { cloneJson, deepFreeze, isObject } from "#api/json.ts";
import type { KubeObject } from "#api/kind.ts";
import type { Draft } from "#api/schema.ts";
import { withDefaults } from "#api/structural/defaults.ts";
import type { JsonSchema } from "#api/structural/json-schema.ts";
import { coerceEmbedded, MetadataError, readMetadata } from "#api/structural/object-meta.ts";
import { dropNulls, prune } from "#api/structural/prune.ts";

export interface Shape {
  readonly version: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly schema: JsonSchema | undefined;
  /** An old switch of definitions from other servers: nothing is dropped. */
  readonly keepsUnknown: boolean;
}
type Fields = Readonly<Record<string, unknown>>;

export function decodeCustom(shape: Shape, value: unknown, options: DecodeOptions): Decoded<KubeObject> {
  const unknown: string[] = [];
  const dropped = options.unknownFields === "collect" ? unknown : undefined;
  try {
    if (!isObject(value))
      throw badRequest(`json: cannot unmarshal ${typeof value} into Go value of type map[string]interface {}`);
    const metadata = readMetadata(value["metadata"] ?? {}, "metadata", dropped);
    const kept = options.nulls === "keep" ? withoutUnknown(shape, value, dropped) : pruned(shape, value, dropped);
    const coerced = coerceEmbedded(kept, shape.schema, { repairs: false, dropped }) as Fields;
    const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, ...rest } = coerced;
    const object = { kind: shape.kind, apiVersion: shape.apiVersion, metadata, ...rest };
    return { draft: cloneJson(object) as Draft<KubeObject>, unknown };
  } catch (error) {
    if (error instanceof MetadataError) throw badRequest(cannotBeHandled(shape, error.message));
    if (error instanceof ApiError) throw badRequest(cannotBeHandled(shape, error.message));
    throw error;
  }
}
const withoutUnknown = (shape: Shape, value: unknown, dropped?: string[]): unknown =>
  shape.keepsUnknown ? value : prune(value, shape.schema, true, dropped);
const pruned = (shape: Shape, value: unknown, dropped?: string[]): unknown =>
  shape.keepsUnknown ? value : dropNulls(withoutUnknown(shape, value, dropped), shape.schema);

/** Fills in what the schema says; edits the draft. */
export function defaultCustom(shape: Shape, draft: Draft<KubeObject>): void {
  const filled = withDefaults(draft, shape.schema) as Record<string, unknown>;
  if (filled !== draft) Object.assign(draft, filled);
}

/**
 * A stored object, of whatever version, as this version shows it: the same value if it is in order already. `writtenAs`:
 * the version that it was stored in, whose defaults are filled in; those of other versions are for what is written.
 */
export function showCustom(shape: Shape, stored: KubeObject, writtenAs: Shape | undefined): KubeObject {
  const isOwn = stored.apiVersion === shape.apiVersion;
  const whole = isOwn || !writtenAs ? stored : (withDefaults(stored, writtenAs.schema) as KubeObject);
  const object = inVersion(whole, shape.apiVersion);
  const kept = coerceEmbedded(pruned(shape, object), shape.schema, { repairs: true });
  const shown = (isOwn ? withDefaults(kept, shape.schema) : kept) as KubeObject;
  return shown === stored ? stored : deepFreeze(shown);
}
/** As this version is stored. */
export const storeCustom = (shape: Shape, object: KubeObject): KubeObject =>
  pruned(shape, inVersion(object, shape.apiVersion)) as KubeObject;

const inVersion = (object: KubeObject, apiVersion: string): KubeObject =>
  object.apiVersion === apiVersion ? object : { ...object, apiVersion };
