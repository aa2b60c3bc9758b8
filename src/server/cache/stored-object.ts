// One version of a stored object: the stored JSON, and what is made of it on demand and then kept. The stored bytes have
// no resourceVersion, because it is not known before the write; it is spliced in behind `"metadata":{`.
import type { KubeObject } from "#api/kind.ts";
import { deepFreeze } from "#api/json.ts";
import type { EncodedObject } from "#server/pipeline.ts";
import type { Revision } from "#store/store.ts";
import { withSharedParts } from "./shared-parts.ts";

const marker = Buffer.from('"metadata":{');
const closingBrace = 0x7d;
const comma = 0x2c;

/** Bytes that are kept for long get memory of their own: a pool would live as long as its longest-lived piece. */
const encoder = new TextEncoder();

const versionText = (revision: Revision, isLast: boolean): string =>
  `"resourceVersion":"${revision}"${isLast ? "" : ","}`;

/** What stands before the resourceVersion in a metadata that is in order. */
const before = /^(?:"(?:name|generateName|namespace)":"[^"\\]*",)*"uid":"[^"\\]*",/;
const longestBefore = 1_024;
/** Where the resourceVersion belongs: behind the uid, or else at the start of the metadata. */
function versionPlace(stored: Buffer, start: number): number {
  const found = before.exec(stored.toString("latin1", start, start + longestBefore));
  return found ? start + found[0].length : start;
}

/** Adds the resourceVersion to the stored JSON of an object. */
export function spliceVersion(value: Uint8Array, revision: Revision): Uint8Array {
  const stored = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const at = versionPlace(stored, stored.indexOf(marker) + marker.length);
  const version = versionText(revision, stored[at] === closingBrace);
  const bytes = Buffer.allocUnsafeSlow(stored.length + version.length);
  stored.copy(bytes, 0, 0, at);
  bytes.write(version, at, "latin1");
  stored.copy(bytes, at + version.length, at);
  return bytes;
}
/** The inverse of `spliceVersion`. */
function cutVersion(bytes: Uint8Array, revision: Revision): Uint8Array {
  const spliced = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = versionPlace(spliced, spliced.indexOf(marker) + marker.length);
  const end = spliced.indexOf('"', at + versionText(revision, true).length - 1) + 1;
  const behind = spliced[end] === comma ? end + 1 : end;
  return Buffer.concat([spliced.subarray(0, at), spliced.subarray(behind)]);
}

/** The stored form of an object: kind, apiVersion and metadata first, and no resourceVersion. */
export function storedForm(object: KubeObject): { readonly object: KubeObject; readonly value: Uint8Array } {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _, ...meta } = metadata;
  const form = deepFreeze(withSharedParts({ kind, apiVersion, metadata: meta, ...rest } as KubeObject));
  return { object: form, value: encoder.encode(JSON.stringify(form)) };
}

const withVersion = (object: KubeObject, revision: Revision): KubeObject =>
  Object.freeze({
    ...object,
    metadata: Object.freeze({ ...object.metadata, resourceVersion: String(revision) }),
  });

const parsed = ({ buffer, byteOffset, byteLength }: Uint8Array): KubeObject =>
  JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString()) as KubeObject;

export class StoredObject implements EncodedObject {
  /** "namespace/name", or "name". */
  readonly key: string;
  readonly revision: Revision;
  /** Invariant: one of #value and #bytes is there, never both, to hold the JSON once. */
  #value: Uint8Array | undefined;
  #bytes: Uint8Array | undefined;
  #source: KubeObject | undefined;
  #object: KubeObject | undefined;

  /** `source`: the frozen object that `value` is the JSON of, where it is at hand; it saves the parsing. */
  constructor(key: string, revision: Revision, value: Uint8Array, source?: KubeObject) {
    this.key = key;
    this.revision = revision;
    this.#value = value;
    this.#source = source;
  }
  get object(): KubeObject {
    if (this.#object) return this.#object;
    this.#object = this.#source
      ? withVersion(this.#source, this.revision)
      : deepFreeze(withSharedParts(parsed(this.bytes)));
    this.#source = undefined;
    return this.#object;
  }
  get bytes(): Uint8Array {
    if (!this.#bytes) {
      this.#bytes = spliceVersion(this.#value!, this.revision);
      this.#value = undefined;
    }
    return this.#bytes;
  }
  /** As stored, without the resourceVersion. */
  get value(): Uint8Array {
    return this.#value ?? cutVersion(this.#bytes!, this.revision);
  }
  get sizeBytes(): number {
    return (this.#value ?? this.#bytes)!.length;
  }
  /** The same object under another revision: what a deletion shows. */
  at(revision: Revision): StoredObject {
    return new StoredObject(this.key, revision, this.value, this.#object ?? this.#source);
  }
}
