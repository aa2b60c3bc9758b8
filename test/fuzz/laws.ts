// Laws of what is stored: it can be shown in every form, it is in its list, and writing it back unchanged changes nothing.
import type { AnyKind } from "#api/kind.ts";
import type { Chance } from "./chance.ts";
import type { FuzzServer } from "./fuzz-server.ts";
import { faults } from "./oracle.ts";
import type { FuzzRequest } from "./request.ts";

const all = [
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/json;as=Table;v=v1;g=meta.k8s.io",
];
const partial = "application/vnd.kubernetes.protobuf;v=v1;g=meta.k8s.io;as=PartialObjectMetadata";
const forms = { one: [...all, partial], list: [...all, `${partial}List`] };

const pathOf = (kind: AnyKind, namespace: string, name?: string): string => {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  const place = kind.scope === "Namespaced" ? `/namespaces/${namespace}` : "";
  return `${root}${place}/${kind.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
};

/** What is wrong with one stored object of any kind that `chance` picks; undefined: nothing is stored. */
export async function lawFaults(server: FuzzServer, chance: Chance): Promise<[FuzzRequest, string[]] | undefined> {
  const served = chance.pick(server.plane.registry.all());
  const kind = served.of;
  const present = [...served.cache.list()];
  if (present.length === 0) return undefined;
  const { metadata } = served.show(chance.pick(present));
  const url = pathOf(kind, metadata.namespace ?? "", metadata.name);
  const get = (of: string, accept: string): FuzzRequest => ({ method: "GET", url: of, headers: { accept } });
  const listUrl = pathOf(kind, metadata.namespace ?? "");
  for (const request of [
    get(url, chance.pick(kind.custom ? forms.one.slice(0, 2) : forms.one)),
    get(listUrl, chance.pick(kind.custom ? forms.list.slice(0, 2) : forms.list)),
  ]) {
    const answer = await server.ask(request);
    const found = await faults(request, answer);
    if (answer.code !== 200) found.push(`a stored object cannot be shown: ${answer.code} ${answer.body.toString()}`);
    if (found.length > 0) return [request, found];
  }
  return kind.verbs.includes("update") && !kind.storedAs && kind.group !== "apiextensions.k8s.io"
    ? writtenBack(server, url)
    : undefined;
}

async function writtenBack(server: FuzzServer, url: string): Promise<[FuzzRequest, string[]] | undefined> {
  const got = await server.ask({ method: "GET", url, headers: {} });
  const request = { method: "PUT", url, headers: { "content-type": "application/json" }, body: got.body };
  const answer = await server.ask(request);
  const found = await faults(request, answer);
  const version = (text: Buffer): unknown =>
    (JSON.parse(text.toString()) as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
  if (answer.code !== 200)
    found.push(`what was read cannot be written: ${answer.code} ${answer.body.toString().slice(0, 500)}`);
  else if (version(answer.body) !== version(got.body))
    found.push(`an update without a change moved the resourceVersion: ${answer.body.toString()}`);
  return found.length > 0 ? [request, found] : undefined;
}
