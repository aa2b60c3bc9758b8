// Which type a body says it is of: media type, apiVersion and kind, with the words of upstream's decoders for what is
// wrong about them. Clients compare these texts.
import { ApiError, badRequest, invalid } from "#api/errors.ts";
import { invalidValue } from "#api/field-error.ts";
import { isObject } from "#api/json.ts";
import { type AnyKind, apiVersionOf } from "#api/kind.ts";
import { kinds } from "#api/kinds.ts";
import type { Call } from "./pipeline.ts";

const jsonType = "application/json";

/** "application/json" of "application/json; charset=utf-8"; JSON when there is none. */
export const mediaType = (call: Call): string => (call.headers["content-type"] ?? "").split(";")[0]!.trim() || jsonType;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const wellFormed = new RegExp(`^\\s*${token}(/${token})?\\s*(;\\s*(${token}\\s*=\\s*(${token}|"[^"]*")\\s*)?)*$`);
/** The type of a body that is an object, in lower case; "" for a header that is not one. */
export function bodyType(call: Call): string {
  const header = call.headers["content-type"];
  if (!header) return jsonType;
  return wellFormed.test(header) ? mediaType(call).toLowerCase() : "";
}

const summaryBytes = 30;
function summary(bytes: Uint8Array): string {
  if (bytes.length === 0) return "<empty>";
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, summaryBytes));
  const text = head[0] === 0x7b ? head.toString() : head.toString("hex");
  return bytes.length > summaryBytes ? `${text} ...` : text;
}
/** A body of which not even the type can be read. */
export const unrecognized = (kind: { readonly kind: string }, why: string, bytes: Uint8Array): ApiError =>
  badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${why} (${summary(bytes)})`);

const parseError = (why: string): string =>
  `couldn't get version/kind; json parse error: json: cannot unmarshal ${why}`;
const typeOnly =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
const nameOf = (value: unknown): string => {
  const type = Array.isArray(value) ? "array" : typeof value;
  return type === "boolean" ? "bool" : type;
};

/** What bodies are read for. */
export type Typed = Pick<AnyKind, "group" | "version" | "kind"> & { readonly custom?: boolean };

/** What is wrong with a value as one that states its type; undefined when nothing is. */
export function wrongType(value: unknown, { custom }: Typed): string | undefined {
  if (custom && (value === null || (isObject(value) && !value["kind"])))
    return `Object 'Kind' is missing in '${JSON.stringify(value)}'`;
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) return parseError(`${nameOf(value)} into Go value of type ${typeOnly}`);
  for (const field of ["apiVersion", "kind"]) {
    const given = value[field] ?? "";
    if (typeof given !== "string") return parseError(`${nameOf(given)} into Go struct field .${field} of type string`);
  }
  const apiVersion = (value["apiVersion"] ?? "") as string;
  return apiVersion.split("/").length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : undefined;
}

/** Types that every group version has. */
const everywhere = new Set([
  "CreateOptions",
  "DeleteOptions",
  "GetOptions",
  "ListOptions",
  "PatchOptions",
  "UpdateOptions",
  "WatchEvent",
]);
const unversioned = new Set(["Status", "APIVersions", "APIGroupList", "APIGroup", "APIResourceList", "List"]);
const scales = ["autoscaling/v1", "extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"];
let known: ReadonlySet<string> | undefined;
const nameIn = (apiVersion: string, kind: string): string => `${apiVersion} ${kind}`;
function isKnown(apiVersion: string, kind: string): boolean {
  known ??= new Set(
    kinds.flatMap((k) => [apiVersionOf(k), nameIn(apiVersionOf(k), k.kind), nameIn(apiVersionOf(k), k.listKind)]),
  );
  if (kind === "Scale") return scales.includes(apiVersion);
  if (everywhere.has(kind)) return known.has(apiVersion);
  return known.has(nameIn(apiVersion, kind)) || (apiVersion === "v1" && unversioned.has(kind));
}

/** As Go's type registry says it. */
export const notRegistered = (kind: string, apiVersion: string): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;

/** In what a value is of another type than `kind`; undefined when it is of that kind, or leaves open what it is of. */
export function wrongKind(
  kind: Pick<AnyKind, "group" | "version" | "kind">,
  value: unknown,
): { readonly given: string; readonly version: string; readonly why: string } | undefined {
  if (!isObject(value)) return undefined;
  const expected = apiVersionOf(kind);
  const apiVersion = textOf(value["apiVersion"]) || expected;
  const given = textOf(value["kind"]) || kind.kind;
  if (given === kind.kind && apiVersion === expected) return undefined;
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const why = isKnown(apiVersion, given)
    ? `converting (${version}.${given}) to (${kind.group || "core"}.${kind.kind}): unknown conversion`
    : notRegistered(given, apiVersion);
  return { given, version, why };
}

/** Custom resources must say what they are. Throws BadRequest or Invalid. */
function checkCustomKind(kind: Pick<AnyKind, "group" | "version" | "kind">, value: object): void {
  const { apiVersion, kind: given, metadata } = value as Partial<Record<string, unknown>>;
  const expected = apiVersionOf(kind);
  if (apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${textOf(apiVersion)}) does not match the expected API version (${expected})`,
    );
  if (given === kind.kind) return;
  const name = isObject(metadata) ? textOf(metadata["name"]) : "";
  const wrong = invalidValue("kind", given, `must be ${kind.kind}`);
  throw invalid({ group: kind.group, kind: textOf(given) }, name, [wrong]);
}

/** Throws BadRequest unless the value is of `kind`, or leaves open what it is of. */
export function checkKind(kind: Typed, value: unknown): void {
  if (kind.custom && isObject(value)) return checkCustomKind(kind, value);
  const wrong = wrongKind(kind, value);
  if (!wrong) return;
  const apiVersion = textOf((value as { apiVersion?: unknown }).apiVersion) || apiVersionOf(kind);
  if (wrong.given === kind.kind && isKnown(apiVersion, kind.kind))
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(kind)})`,
    );
  const { given, version, why } = wrong;
  throw badRequest(`${given} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`);
}
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Says of an error in reading a body's bytes whose body it is. */
export const asUnrecognized = (kind: { readonly kind: string }, error: unknown, bytes: Uint8Array): unknown =>
  error instanceof ApiError && error.reason === "BadRequest" ? unrecognized(kind, error.message, bytes) : error;
