// StorageVersion: what each API server says of the versions in which it reads and writes one resource.
import { type FieldError, duplicateValue, invalidValue, requiredValue } from "#api/field-error.ts";
import { defineKind, statusSubresource } from "#api/kind.ts";
import { emptyText, isDns1035Label, isDnsSubdomain, regexText } from "#api/names.ts";
import type { Infer } from "#api/schema.ts";
import { dnsSubdomain, qualifiedName } from "#api/meta/checks.ts";
import { ageColumn, listWithMore, nameColumn, textColumn } from "#api/meta/columns.ts";
import { keepMetadata } from "#api/meta/status-metadata.ts";
import { type ServerStorageVersion, StorageVersion as schema } from "./schema.ts";

const shownServers = 3;

export interface StorageVersion extends Infer<typeof schema> {}
export const StorageVersion = defineKind<StorageVersion>({
  group: "internal.apiserver.k8s.io",
  version: "v1alpha1",
  kind: "StorageVersion",
  plural: "storageversions",
  scope: "Cluster",
  schema,
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    textColumn(
      "CommonEncodingVersion",
      "Version that all servers write.",
      ({ status }) => status.commonEncodingVersion ?? "<unset>",
    ),
    textColumn("StorageVersions", "Versions by server.", ({ status: { storageVersions = [] } }) =>
      listWithMore(
        storageVersions.map(({ apiServerID, encodingVersion }) => `${apiServerID}=${encodingVersion}`),
        shownServers,
        "<unset>",
      ),
    ),
    ageColumn,
  ],
  rules: {
    prepareForStatusUpdate: keepMetadata,
    validateCreate: ({ metadata }) => nameProblems(metadata.name ?? ""),
    validateStatusUpdate: ({ status }) => validateStatus(status),
  },
  nameRule: "own",
  unconditionalUpdate: false,
  hasGeneration: false,
});

function nameProblems(name: string): FieldError[] {
  const invalid = (text: string): FieldError => invalidValue("metadata.name", name, text);
  const dot = name.lastIndexOf(".");
  if (dot < 0) return [invalid("name must be in the form of <group>.<resource>")];
  return [
    ...isDnsSubdomain(name.slice(0, dot)).map((text) => invalid(`the group segment ${text}`)),
    ...isDns1035Label(name.slice(dot + 1)).map((text) => invalid(`the resource segment ${text}`)),
  ];
}
const formText =
  "an apiVersion is " +
  regexText(
    "a DNS-1035 label, which must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    "[a-z]([-a-z0-9]*[a-z0-9])?",
    "my-name",
    "abc-123",
  ) +
  " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyVersion')";
/** What is wrong with an apiVersion. */
function versionProblems(apiVersion: string): string[] {
  const parts = apiVersion.split("/");
  if (parts.length > 2) return [formText];
  const version = parts.at(-1)!;
  const group = parts.length === 2 ? parts[0]! : undefined;
  const part = (name: string, text: string, check: (text: string) => string[]): string[] =>
    (text ? check(text) : [emptyText]).map((problem) => `${name} part: ${problem}`);
  return [
    ...(group === undefined ? [] : part("group", group, isDnsSubdomain)),
    ...part("version", version, isDns1035Label),
  ];
}
function validateVersion(found: FieldError[], field: string, version: string): void {
  const problems = versionProblems(version);
  if (problems.length > 0) found.push(invalidValue(field, version, problems.join(",")));
}
function validateServer(found: FieldError[], field: string, server: ServerStorageVersion): void {
  const { apiServerID = "", encodingVersion = "", decodableVersions = [], servedVersions = [] } = server;
  dnsSubdomain(found, `${field}.apiServerID`, apiServerID);
  validateVersion(found, `${field}.encodingVersion`, encodingVersion);
  for (const [i, version] of decodableVersions.entries())
    validateVersion(found, `${field}.decodableVersions[${i}]`, version);
  if (!decodableVersions.includes(encodingVersion)) {
    const text = `decodableVersions must include encodingVersion ${encodingVersion}`;
    found.push(invalidValue(`${field}.decodableVersions`, decodableVersions, text));
  }
  for (const [i, version] of servedVersions.entries()) {
    const at = `${field}.servedVersions[${i}]`;
    validateVersion(found, at, version);
    const text = `individual served version : ${version} must be included in decodableVersions : [${decodableVersions.join(" ")}]`;
    if (!decodableVersions.includes(version)) found.push(invalidValue(at, version, text));
  }
}
type Status = StorageVersion["status"];
function validateStatus(status: Status): FieldError[] {
  const found: FieldError[] = [];
  const { storageVersions = [], conditions = [] } = status;
  const seen = new Set<string>();
  for (const [i, server] of storageVersions.entries()) {
    const field = `status.storageVersions[${i}]`;
    if (seen.has(server.apiServerID)) found.push(duplicateValue(`${field}.apiServerID`, server.apiServerID));
    seen.add(server.apiServerID);
    validateServer(found, field, server);
  }
  validateCommon(found, status);
  const types = new Map<string, number>();
  for (const [i, condition] of conditions.entries()) {
    const field = `status[${i}]`;
    const first = types.get(condition.type);
    const text = `the type of the condition is not unique, it also appears in conditions[${first}]`;
    if (first !== undefined) found.push(invalidValue(`${field}.type`, condition.type, text));
    types.set(condition.type, i);
    qualifiedName(found, `${field}.type`, condition.type);
    qualifiedName(found, `${field}.status`, condition.status);
    if (!condition.reason) found.push(requiredValue(`${field}.reason`));
    if (!condition.message) found.push(requiredValue(`${field}.message`));
  }
  return found;
}
function validateCommon(found: FieldError[], { storageVersions = [], commonEncodingVersion: said }: Status): void {
  const versions = new Set(storageVersions.map(({ encodingVersion }) => encodingVersion));
  const [common] = versions.size === 1 ? versions : [];
  const refuse = (text: string): void => void found.push(invalidValue("status.commonEncodingVersion", said, text));
  if (common === said) return;
  if (common === undefined)
    refuse(
      "should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet",
    );
  else
    refuse(
      said === undefined
        ? `the common encoding version is ${common}`
        : `the actual common encoding version is ${common}`,
    );
}
