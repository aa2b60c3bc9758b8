// What volumes made from objects contain: files by path, each with its content and mode.
import type { ConfigMap } from "#api/core/config-map.ts";
import type { Secret } from "#api/core/secret.ts";
import { resourceText, fieldText, type DownwardFacts } from "#node/config/downward.ts";
import type { Pod, Volume } from "#node/pod/types.ts";

export interface PayloadFile {
  readonly content: Uint8Array | string;
  readonly mode: number;
  /** Owner, where it is not root. */
  readonly uid?: number;
}
export type Payload = Map<string, PayloadFile>;
type KeyToPath = NonNullable<NonNullable<Volume["configMap"]>["items"]>[number];
type DownwardFile = NonNullable<NonNullable<Volume["downwardAPI"]>["items"]>[number];

export const defaultFileMode = 0o644;
const decoded = (base64: string): Uint8Array => Buffer.from(base64, "base64");

interface Selection {
  readonly items?: readonly KeyToPath[];
  readonly mode: number;
  readonly optional: boolean;
  /** What a missing key is called: "config" or "secret". */
  readonly what: "config" | "secret";
}
function select(values: ReadonlyMap<string, Uint8Array | string>, selection: Selection): Payload {
  const { items, mode, optional, what } = selection;
  if (!items?.length) return new Map([...values].map(([key, content]) => [key, { content, mode }]));
  const payload: Payload = new Map();
  for (const item of items) {
    const content = values.get(item.key);
    if (content !== undefined) payload.set(item.path, { content, mode: item.mode ?? mode });
    else if (!optional) throw new Error(`references non-existent ${what} key: ${item.key}`);
  }
  return payload;
}
interface Source {
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}
export function configMapPayload(object: ConfigMap | undefined, name: string, source: Source, mode: number): Payload {
  if (!object && !source.optional) throw new Error(`configmap ${JSON.stringify(name)} not found`);
  const values = new Map<string, Uint8Array | string>(Object.entries(object?.data ?? {}));
  for (const [key, value] of Object.entries(object?.binaryData ?? {})) values.set(key, decoded(value));
  return select(values, { ...source, mode, optional: source.optional ?? false, what: "config" });
}
export function secretPayload(object: Secret | undefined, name: string, source: Source, mode: number): Payload {
  if (!object && !source.optional) throw new Error(`secret ${JSON.stringify(name)} not found`);
  const values = new Map(Object.entries(object?.data ?? {}).map(([key, value]) => [key, decoded(value)]));
  return select(values, { ...source, mode, optional: source.optional ?? false, what: "secret" });
}
export function downwardPayload(
  pod: Pod,
  items: readonly DownwardFile[],
  mode: number,
  allocatable: Readonly<Record<string, string>>,
): Payload {
  const facts: DownwardFacts = { podIPs: [], hostIPs: [], allocatable };
  return new Map(
    items.map((item) => {
      const content = item.fieldRef
        ? fieldText(pod, item.fieldRef.fieldPath, facts)
        : item.resourceFieldRef
          ? resourceText(pod, item.resourceFieldRef, facts)
          : "";
      return [item.path, { content, mode: item.mode ?? mode }];
    }),
  );
}
